/**
 * What was verified on a ref must stay in its history: a force-push to an older or another history brings back what was mended since.
 * A commit that was seen and refused is nothing that has to stay.
 */
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import type { HistoryName, VerifiedHistory } from '../source/commits/verified-history.ts';
import type { RemoteTip } from '../source/mirror/parse-ref-list.ts';
import type { LineageReading } from '../source/mirror/read-lineage.ts';
import type { RevisionRequest } from '../source/mirror/read-revision.ts';

export interface HistoryGuardOptions {
  readonly history: Pick<VerifiedHistory, 'tips' | 'advance' | 'drop'>;
  readonly readLineage: (
    request: RevisionRequest,
    descendants: readonly string[],
  ) => Promise<LineageReading>;
}

/** A ref of a repository, with how to ask for it. */
export interface GuardedRef {
  readonly name: HistoryName;
  /** At which commit it is. */
  readonly tip: RemoteTip;
  readonly remote: Pick<RevisionRequest, 'repository' | 'credential'>;
}

export type HistoryReading =
  | { readonly status: 'kept' }
  /** A verified commit that the ref does not contain any more. */
  | { readonly status: 'lost'; readonly objectId: string }
  | NoVerdict;

/** The repository answers, and not what was asked for. */
const REFUSED_RETRY_MS = 5000;

/** Whether the ref contains every commit that was verified on it. */
export async function checkHistory(
  ref: GuardedRef,
  options: HistoryGuardOptions,
): Promise<HistoryReading> {
  for (const objectId of options.history.tips(ref.name)) {
    const reading = await readAncestor({ objectId, of: ref.tip.objectId }, ref, options);
    switch (reading.status) {
      case 'absent':
        return { status: 'lost', objectId };
      case 'unavailable':
        return reading;
      case 'rejected':
        return { status: 'unavailable', reason: reading.reason, retryAfterMs: REFUSED_RETRY_MS };
      case 'found':
    }
  }
  return { status: 'kept' };
}

/** A commit of the ref was verified: from now on the ref has to contain it. */
export async function rememberVerified(
  objectId: string,
  ref: GuardedRef,
  options: HistoryGuardOptions,
): Promise<void> {
  const replaced: string[] = [];
  for (const known of options.history.tips(ref.name)) {
    if (await isAncestor({ objectId: known, of: objectId }, ref, options)) replaced.push(known);
    // An older one was deployed again: the newer one stands for it already.
    else if (await isAncestor({ objectId, of: known }, ref, options)) return;
  }
  options.history.advance(ref.name, { objectId, replaced, refTip: ref.tip.objectId });
}

/** The rule accepts that the history was rewritten: what the ref has lost by that is no longer looked for. */
export async function acceptHistory(ref: GuardedRef, options: HistoryGuardOptions): Promise<void> {
  const lost: string[] = [];
  for (const objectId of options.history.tips(ref.name)) {
    const reading = await readAncestor({ objectId, of: ref.tip.objectId }, ref, options);
    if (reading.status === 'absent') lost.push(objectId);
  }
  options.history.drop(ref.name, lost);
}

interface Lineage {
  readonly objectId: string;
  readonly of: string;
}

/** Where nobody can tell, both commits stay. */
async function isAncestor(
  lineage: Lineage,
  ref: GuardedRef,
  options: HistoryGuardOptions,
): Promise<boolean> {
  return (await readAncestor(lineage, ref, options)).status === 'found';
}

async function readAncestor(
  { objectId, of }: Lineage,
  { tip, remote }: GuardedRef,
  { readLineage }: HistoryGuardOptions,
): Promise<LineageReading> {
  if (objectId === of) return { status: 'found', objectId };
  // The repository was made anew with another hash algorithm.
  if (objectId.length !== of.length) return { status: 'absent' };
  return await readLineage({ ...remote, objectId, tracked: [tip.name] }, [of]);
}
