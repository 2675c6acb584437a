/** What Holdfast decided, as its records on standard output tell. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const decisionSchema = z.object({
  decisionId: z.string(),
  allowed: z.boolean(),
  code: z.string(),
  message: z.string(),
  operation: z.string(),
  dryRun: z.boolean(),
  user: z.object({ username: z.string() }),
  source: z
    .object({
      manifest: z
        .object({ status: z.string(), paths: z.array(z.string()), reason: z.string().optional() })
        .optional(),
    })
    .optional(),
  route: z.string().optional(),
  actor: z.object({ class: z.string(), proof: z.object({ grade: z.string() }) }).optional(),
  managedBy: z.object({ tool: z.string(), app: z.string() }).optional(),
  change: z
    .object({ paths: z.array(z.object({ path: z.string(), owner: z.string().optional() })) })
    .optional(),
  images: z
    .array(
      z.object({
        path: z.string(),
        image: z.string(),
        status: z.string(),
        rule: z.string(),
        code: z.string().optional(),
        digest: z.string().optional(),
      }),
    )
    .optional(),
  object: z.object({
    resource: z.string(),
    subresource: z.string(),
    namespace: z.string(),
    name: z.string(),
  }),
});

/** The parts of a record that cluster tests read. */
export type RecordedDecision = z.infer<typeof decisionSchema>;

/** Every record of the log, the oldest first. */
export async function readDecisions(logFile: string): Promise<readonly RecordedDecision[]> {
  const lines = (await readFile(logFile, 'utf8')).split('\n');
  return lines.flatMap((line) => {
    const decision = parseDecision(line);
    return decision === undefined ? [] : [decision];
  });
}

/** A record stands on a line of its own, or within a line of the log. */
export function parseDecision(line: string): RecordedDecision | undefined {
  if (!line.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The last line may still be being written.
    return undefined;
  }
  const inner =
    typeof value === 'object' && value !== null && 'record' in value ? value.record : value;
  return decisionSchema.safeParse(inner).data;
}

/** A decision in one line, for messages: who wanted what, and the answer's code. */
export function describeDecision(decision: RecordedDecision): string {
  const { operation, user, object, code } = decision;
  const subresource = object.subresource === '' ? '' : `/${object.subresource}`;
  const place = [object.namespace, object.name].filter((part) => part !== '').join('/');
  return `${user.username}: ${operation} ${object.resource}${subresource} ${place}: ${code}`;
}
