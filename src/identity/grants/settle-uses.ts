/**
 * Settles uses: finds out of each write that was let pass under a grant whether it was made. Those that were not are given back.
 *
 * No clock of another replica counts. A write whose object is as it was may still be made for as long as the API server works at it; that time
 * runs from when this process has first seen the use.
 */
import { addMs, monotonicMs, type Clock, type MonotonicMs } from '../../base/clock.ts';
import type { ClusterClient } from '../../kubernetes/client/cluster-client.ts';
import { BREAK_GLASS_LIMITS } from './settings.ts';
import {
  formatNextVersionPath,
  isAnotherWrite,
  isUntouched,
  type WriteTarget,
} from './write-target.ts';

/** The record of one use. */
export interface GrantUseEntry {
  readonly decisionId: string;
  readonly object: string;
  readonly time: string;
  /** What the write was about to change; absent where the object alone does not tell whether it was made. */
  readonly target?: WriteTarget | undefined;
  /** The write was not made, and the use was given back. */
  readonly returned?: true | undefined;
  /** The use counts, whatever happens: the write was made, or nothing tells any more that it was not. */
  readonly kept?: true | undefined;
}

export interface SettlingOptions {
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  readonly clock: Clock;
  /** After so long a write that was not made is never made. */
  readonly returnAfterMs: number;
  /** When this process has first seen a use, by its decision. Uses that are settled are left out. */
  readonly firstSeenMs: Map<string, MonotonicMs>;
}

const READS_MAX = BREAK_GLASS_LIMITS['breakGlass.returnReadsMax'].default;
/** Twice the uses that a ConfigMap can hold. */
const NOTED_MAX = 10_000;
const SETTLE_MS = BREAK_GLASS_LIMITS['breakGlass.settleMs'].default;
/** Forbidden, not to be watched, gone. */
const LASTING_REFUSALS: ReadonlySet<number> = new Set([403, 404, 405, 410]);
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** The uses that wait for their end are looked up at a time; what cannot be known yet stays as it is. Never rejects. */
export async function settleUses(
  options: SettlingOptions,
  entries: readonly GrantUseEntry[],
  deadlineAtMs: MonotonicMs,
): Promise<readonly GrantUseEntry[]> {
  const nowMs = options.clock.monotonicMs();
  const endMs = monotonicMs(Math.min(deadlineAtMs, addMs(nowMs, SETTLE_MS)));
  let reads = 0;
  return await Promise.all(
    entries.map(async (entry) => {
      const { target, returned, kept } = entry;
      if (target === undefined || returned === true || kept === true) return entry;
      const sinceMs = options.firstSeenMs.get(entry.decisionId) ?? nowMs;
      noteUse(options.firstSeenMs, entry.decisionId, sinceMs);
      reads += 1;
      if (reads > READS_MAX) return entry;
      const outcome = await findOutcome(options, {
        target,
        mayStillBeMade: nowMs - sinceMs < options.returnAfterMs,
        nowMs,
        endMs,
      });
      if (outcome === 'open') return entry;
      options.firstSeenMs.delete(entry.decisionId);
      return { ...entry, [outcome]: true as const };
    }),
  );
}

/** Begins the time of a use. What was noted first is forgotten first: it counts from when it is seen again. */
export function noteUse(
  firstSeenMs: Map<string, MonotonicMs>,
  decisionId: string,
  atMs: MonotonicMs,
): void {
  firstSeenMs.set(decisionId, atMs);
  const [oldest] = firstSeenMs.keys();
  if (firstSeenMs.size > NOTED_MAX && oldest !== undefined) firstSeenMs.delete(oldest);
}

interface Settling {
  readonly target: WriteTarget;
  readonly mayStillBeMade: boolean;
  readonly nowMs: MonotonicMs;
  readonly endMs: MonotonicMs;
}

async function findOutcome(
  { client }: SettlingOptions,
  { target, mayStillBeMade, nowMs, endMs }: Settling,
): Promise<'returned' | 'kept' | 'open'> {
  const reading = await client.read(target.path, { deadlineAtMs: endMs, accept: METADATA });
  if (reading.status === 'unavailable') return 'open';
  // It may have been deleted by this write, or after it.
  if (reading.status === 'absent') return 'kept';
  if (isUntouched(reading.body, target)) return mayStillBeMade ? 'open' : 'returned';
  return target.next === undefined ? 'kept' : await readNextVersion(client, target, endMs - nowMs);
}

/** The first event of a watch from the version of before is the version that follows it. */
async function readNextVersion(
  client: Pick<ClusterClient, 'watch'>,
  target: WriteTarget,
  silenceMsMax: number,
): Promise<'returned' | 'kept' | 'open'> {
  let outcome: 'returned' | 'kept' | 'open' = 'open';
  const end = await client.watch(formatNextVersionPath(target), {
    accept: METADATA,
    silenceMsMax,
    signal: new AbortController().signal,
    onOpen: () => undefined,
    onLine: (line) => {
      outcome = isAnotherWrite(line, target) ? 'returned' : 'kept';
      return false;
    },
  });
  // The API server knows that version no more, or never tells us of this kind.
  return end.status === 'refused' && LASTING_REFUSALS.has(end.code) ? 'kept' : outcome;
}
