/**
 * Break-glass grants as objects of our namespace: `BreakGlassGrant` custom resources that carry the approvers'
 * signatures, and one ConfigMap that counts uses for all replicas.
 *
 * The content of these objects is not trusted: the signatures are verified elsewhere. The objects can only revoke a
 * grant and use it up.
 */
import type { Unavailable } from '../../base/known.ts';
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { z } from 'zod';
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import { ExpiringCache } from '../../base/expiring-cache.ts';
import { readUnverifiedPayload } from '../../base/json-web-signature.ts';
import { listPages } from '../../kubernetes/client/list-pages.ts';
import { matchShown, shownSchema } from './match-shown.ts';
import { parseGrant } from './parse-grant.ts';
import { BREAK_GLASS_LIMITS } from './settings.ts';
import { noteUse, settleUses, type GrantUseEntry } from './settle-uses.ts';
import { APPROVALS_MAX } from './verify-grant.ts';
import type {
  ClusterClient,
  ClusterWriter,
  LookupFailureCode,
} from '../../kubernetes/client/cluster-client.ts';

export interface GrantObjectsOptions {
  readonly client: ClusterClient & ClusterWriter;
  readonly clock: Clock;
  /** When this process has first seen a use, by its decision; outlives a reload. */
  readonly firstSeenMs: Map<string, MonotonicMs>;
  /** Ours. */
  readonly namespace: string;
  /** How long a list of the grants is cached: a retry loop of denials must not become a loop of lists. */
  readonly listCacheMs: number;
  /** After so long a write that was not made is never made. */
  readonly returnAfterMs: number;
}

/** One `BreakGlassGrant`, as far as it can be parsed. */
export interface GrantObject {
  readonly name: string;
  readonly token: string;
  readonly revoked: boolean;
  /** Of the grants that its approvals are about: one, unless somebody has tampered. Not verified. */
  readonly ids: readonly string[];
  /** Whether what kubectl shows of it is not what was signed. Such an object does not count. */
  readonly misleads: boolean;
  /** Whom the first approval is for. Not verified. Absent where it is no approval of a grant. */
  readonly subject?: string | undefined;
}

export type GrantObjectList =
  | { readonly status: 'known'; readonly grants: readonly GrantObject[] }
  | Unavailable<LookupFailureCode>;

export type UseCount =
  | { readonly status: 'taken'; readonly use: number; readonly attempts: number }
  | { readonly status: 'used-up' }
  | Unavailable<LookupFailureCode>;

export interface GrantObjects {
  readonly list: (deadlineAtMs: MonotonicMs) => Promise<GrantObjectList>;
  /**
   * Takes the next use, unless `usesMax` are taken. `attemptsAtLeast` is how many this process has seen, those that were given back included:
   * what the count lacks of them was removed, and counts as used.
   */
  readonly takeUse: (
    id: string,
    use: GrantUseEntry & { readonly usesMax: number; readonly attemptsAtLeast: number },
    deadlineAtMs: MonotonicMs,
  ) => Promise<UseCount>;
  /** The uses of every grant that has any. */
  readonly readUses: (
    deadlineAtMs: MonotonicMs,
  ) => Promise<ReadonlyMap<string, readonly GrantUseEntry[]> | Unavailable<LookupFailureCode>>;
}

/** The API path of a namespace's `BreakGlassGrant` objects. */
export function formatGrantsPath(namespace: string): string {
  return `/apis/holdfast.dev/v1alpha1/namespaces/${namespace}/breakglassgrants`;
}

const LEDGER_NAME = 'holdfast-grant-uses';
/**
 * Attempts at a conflict: two concurrent users are likely, five are not. Each attempt is one read and one
 * write.
 */
const ATTEMPTS_MAX = 5;
const PAGE_OBJECTS = 500;
const ATTEMPTS_PER_USE = BREAK_GLASS_LIMITS['breakGlass.attemptsPerUse'].default;
const COUNT_CHARS_MAX = BREAK_GLASS_LIMITS['breakGlass.countCharsMax'].default;
const USES_KEPT_MS = BREAK_GLASS_LIMITS['breakGlass.usesKeptMs'].default;

const grantObject = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: shownSchema.extend({
    approvals: z.array(z.string()).max(APPROVALS_MAX),
    revoked: z.boolean().default(false),
  }),
});
const useEntry = z.object({
  decisionId: z.string(),
  object: z.string(),
  time: z.string(),
  target: z
    .object({
      path: z.string(),
      uid: z.string(),
      resourceVersion: z.string(),
      next: z.string().exactOptional(),
    })
    .exactOptional(),
  returned: z.literal(true).exactOptional(),
  kept: z.literal(true).exactOptional(),
});
const ledgerBody = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).nullish(),
});

/** Binds the objects of one namespace. Never rejects. */
export function createGrantObjects(options: GrantObjectsOptions): GrantObjects {
  const { clock } = options;
  const cache = new ExpiringCache<GrantObjectList>({ lifeMs: options.listCacheMs, entriesMax: 1 });
  return {
    list: async (deadlineAtMs) => {
      const cached = cache.get('', clock.monotonicMs());
      if (cached !== undefined) return cached;
      const { list, isLasting } = await listGrants(options, deadlineAtMs);
      if (isLasting) cache.set('', list, clock.monotonicMs());
      return list;
    },
    takeUse: (id, use, deadlineAtMs) => takeUse(options, { id, use, deadlineAtMs }),
    readUses: async (deadlineAtMs) => {
      const ledger = await readLedger(options, deadlineAtMs);
      if (ledger.status === 'unavailable') return ledger;
      return new Map(Object.entries(ledger.data).map(([id, text]) => [id, parseUses(text) ?? []]));
    },
  };
}

/**
 * Reads every page. A list that was cut may lack the very object that says "revoked", so that what cannot be read to its
 * end is unavailable, and no grant counts.
 */
async function listGrants(
  { client, namespace }: GrantObjectsOptions,
  deadlineAtMs: MonotonicMs,
): Promise<{ readonly list: GrantObjectList; readonly isLasting: boolean }> {
  const grants: GrantObject[] = [];
  let objects = 0;
  const objectsMax = BREAK_GLASS_LIMITS['breakGlass.objectsMax'].default;
  const end = await listPages(formatGrantsPath(namespace), {
    read: (path, accept) => client.read(path, { deadlineAtMs, accept }),
    pageObjects: PAGE_OBJECTS,
    pagesMax: Math.ceil(objectsMax / PAGE_OBJECTS) + 1,
    visit: (items) => {
      objects += items.length;
      for (const item of items) grants.push(...readGrant(item));
      return objects > objectsMax;
    },
  });
  switch (end.status) {
    case 'unavailable':
      return { list: end, isLasting: false };
    case 'stopped': {
      const path = formatGrantsPath(namespace);
      // Kept like any other answer: a retry loop must not list thousands of them each time.
      const reason = `GET ${path} holds more than ${String(objectsMax)} objects; delete those that nobody needs`;
      return { list: failed(reason), isLasting: true };
    }
    // The kind is not installed: then nobody has presented a grant.
    case 'absent':
    case 'listed':
      return { list: { status: 'known', grants }, isLasting: true };
  }
}

function readGrant(item: unknown): readonly GrantObject[] {
  const parsed = grantObject.safeParse(item);
  if (!parsed.success) return [];
  const { metadata, spec } = parsed.data;
  const { approvals, revoked } = spec;
  const signed = approvals.flatMap((approval) => {
    const grant = parseGrant(readUnverifiedPayload(approval)?.payload ?? '');
    return grant.ok ? [grant.grant] : [];
  });
  const ids = [...new Set(signed.map(({ id }) => id))];
  const [first] = signed;
  const subject = first === undefined ? {} : { subject: first.subject };
  const misleads = first !== undefined && !matchShown(spec, first);
  return [{ name: metadata.name, token: approvals.join(' '), revoked, ids, misleads, ...subject }];
}

interface Taking {
  readonly id: string;
  readonly use: GrantUseEntry & { readonly usesMax: number; readonly attemptsAtLeast: number };
  readonly deadlineAtMs: MonotonicMs;
}

async function takeUse(options: GrantObjectsOptions, taking: Taking): Promise<UseCount> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const outcome = await tryTakeUse(options, taking);
    if (outcome !== 'conflict') return outcome;
  }
  return failed('Other replicas wrote the count of uses at the same time, again and again');
}

async function tryTakeUse(
  options: GrantObjectsOptions,
  { id, use, deadlineAtMs }: Taking,
): Promise<UseCount | 'conflict'> {
  const { usesMax, attemptsAtLeast, decisionId, object, time, target } = use;
  const ledger = await readLedger(options, deadlineAtMs);
  if (ledger.status === 'unavailable') return ledger;
  const known = ledger.data[id] === undefined ? [] : parseUses(ledger.data[id]);
  // A malformed count must not be treated as zero.
  if (known === undefined) return failed(`The count of uses of grant ${id} cannot be read`);
  const attempts = Math.max(known.length, attemptsAtLeast);
  if (attempts >= usesMax * ATTEMPTS_PER_USE) return { status: 'used-up' };
  const uses = await settleUses(options, known, deadlineAtMs);
  const taken = countUses(uses) + attempts - known.length;
  const isFree = taken < usesMax;
  const entries = isFree ? [...uses, { decisionId, object, time, target }] : uses;
  // What was found out is kept also where no use is left: the API server forgets the versions of before.
  if (!isFree && uses.every((entry, index) => entry === known[index])) return { status: 'used-up' };
  const others = forgetExpired(ledger.data, options.clock.wallMs());
  const written = await writeLedger(options, {
    ledger,
    deadlineAtMs,
    data: { ...others, [id]: JSON.stringify(entries) },
  });
  if (!isFree) return { status: 'used-up' };
  switch (written.status) {
    case 'written':
      noteUse(options.firstSeenMs, decisionId, options.clock.monotonicMs());
      return { status: 'taken', use: taken + 1, attempts: attempts + 1 };
    case 'conflict':
    case 'absent':
      return 'conflict';
    case 'refused':
    case 'unavailable':
      return failed(written.reason);
  }
}

/** A ConfigMap holds 1 MiB, and no use could be counted where it is full. A grant ends within a day of each of its uses. */
function forgetExpired(data: Ledger['data'], nowMs: number): Ledger['data'] {
  const entries = Object.entries(data);
  if (entries.reduce((chars, [, text]) => chars + text.length, 0) <= COUNT_CHARS_MAX) return data;
  return Object.fromEntries(
    entries.filter(([, text]) => {
      const uses = parseUses(text);
      return uses?.every(({ time }) => nowMs - Date.parse(time) > USES_KEPT_MS) !== true;
    }),
  );
}

function countUses(entries: readonly GrantUseEntry[]): number {
  return entries.filter(({ returned }) => returned !== true).length;
}

interface Ledger {
  readonly status: 'read';
  /** Absent where the ConfigMap does not exist yet. */
  readonly resourceVersion?: string | undefined;
  readonly data: Readonly<Record<string, string>>;
}

async function readLedger(
  { client, namespace }: GrantObjectsOptions,
  deadlineAtMs: MonotonicMs,
): Promise<Ledger | Unavailable<LookupFailureCode>> {
  const reading = await client.read(`${configMaps(namespace)}/${LEDGER_NAME}`, { deadlineAtMs });
  if (reading.status === 'unavailable') return reading;
  if (reading.status === 'absent') return { status: 'read', data: {} };
  const parsed = ledgerBody.safeParse(reading.body);
  if (!parsed.success) return failed('The ConfigMap that counts uses cannot be read');
  const { metadata, data } = parsed.data;
  return { status: 'read', resourceVersion: metadata.resourceVersion, data: data ?? {} };
}

interface LedgerWrite {
  readonly ledger: Ledger;
  readonly data: Readonly<Record<string, string>>;
  readonly deadlineAtMs: MonotonicMs;
}

function writeLedger(
  { client, namespace }: GrantObjectsOptions,
  { ledger, data, deadlineAtMs }: LedgerWrite,
) {
  const { resourceVersion } = ledger;
  const metadata = { name: LEDGER_NAME, namespace, ...(resourceVersion && { resourceVersion }) };
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  // With the resource version, one of two concurrent writers must retry: no use is taken twice.
  return resourceVersion === undefined
    ? client.write(configMaps(namespace), { method: 'POST', body, deadlineAtMs })
    : client.write(`${configMaps(namespace)}/${LEDGER_NAME}`, {
        method: 'PUT',
        body,
        deadlineAtMs,
      });
}

function parseUses(text: string): readonly GrantUseEntry[] | undefined {
  return parseJsonAs(z.array(useEntry), text);
}

function configMaps(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps`;
}

function failed(reason: string): Unavailable<LookupFailureCode> {
  return { status: 'unavailable', code: 'lookup_failed', reason };
}
