/** Writes of controllers that were refused, or would have been, from the records of journals. */
import { z } from 'zod';
import { parseJsonAs } from '../base/parse-json-as.ts';
import { searchJournals, type JournalSearch } from '../audit/query/search-journal.ts';
import type { ObservedWrite } from '../identity/observed-write.ts';

/** The policies that an entry of `identity.operators` answers. */
const POLICIES: ReadonlySet<string> = new Set(['gitops_only_writes', 'protected_keys']);
const OBJECTIONS: ReadonlySet<string> = new Set(['denied', 'warned', 'audited']);

const recordSchema = z.object({
  decisionId: z.string(),
  operation: z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
  user: z.object({ username: z.string(), uid: z.string().optional() }),
  actor: z.object({ class: z.string() }).optional(),
  object: z.object({ group: z.string(), resource: z.string(), subresource: z.string() }),
  change: z
    .object({
      paths: z.array(
        z.object({ path: z.string(), segments: z.array(z.union([z.string(), z.number()])) }),
      ),
      protectedKeys: z.array(z.string()),
      truncated: z.boolean(),
    })
    .optional(),
  policies: z.array(z.object({ policy: z.string(), status: z.string() })),
  cut: z.array(z.string()).optional(),
});

/** Newest first. Records without a change, and those of impersonated accounts and of the control plane, are left out. */
export async function* readObservedWrites(
  folders: readonly string[],
  search: JournalSearch,
): AsyncGenerator<ObservedWrite> {
  for await (const { entry } of searchJournals(folders, search)) {
    const parsed = parseJsonAs(recordSchema, entry.recordJson);
    const write = parsed === undefined ? undefined : toWrite(parsed);
    if (write !== undefined) yield write;
  }
}

function toWrite(record: z.output<typeof recordSchema>): ObservedWrite | undefined {
  const { user, actor, object, change, policies, cut, decisionId, operation } = record;
  const isObjected = policies.some(
    ({ policy, status }) => POLICIES.has(policy) && OBJECTIONS.has(status),
  );
  if (!isObjected || change === undefined || !isController(actor?.class)) return undefined;
  // Whoever impersonates an account leaves its uid out.
  if (user.username.startsWith('system:serviceaccount:') && !user.uid) return undefined;
  const { resource, subresource } = object;
  return {
    username: user.username,
    operation,
    group: object.group,
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
    fields: change.paths,
    isCut: change.truncated || (cut?.includes('change') ?? false),
    protectedKeys: change.protectedKeys,
    decisionId,
  };
}

function isController(actorClass: string | undefined): boolean {
  return actorClass === 'other' || actorClass === 'operator' || actorClass === 'gitops';
}
