/** Looks for a commit in the histories of others of the same repository. */
import type { RevisionFailure } from './mirror-failure.ts';
import { explainOutcome, remainingMs, type ReadContext } from './read-revision.ts';
import type { RemoteAccess } from './remote-access.ts';

export interface LineageRequest {
  readonly objectId: string;
  /** Commits that were verified before; the most likely first. */
  readonly descendants: readonly string[];
}

export type LineageReading =
  /** The first one whose history contains the commit. */
  | { readonly status: 'found'; readonly objectId: string }
  | { readonly status: 'absent' }
  | RevisionFailure;

/** In a mirror that has the commit. What it lacks of the others is fetched once. */
export async function readRemoteLineage(
  request: LineageRequest,
  access: RemoteAccess,
  context: ReadContext,
): Promise<LineageReading> {
  const { mirror } = context;
  const found = await findKnown(request, context);
  if (found !== undefined) return { status: 'found', objectId: found };
  const missing = await mirror.listMissing(request.descendants);
  // With the whole history and all of them, "no" is an answer.
  if (missing?.length === 0 && !(await mirror.isShallow())) return { status: 'absent' };
  // In a shallow mirror that has all of them, each brings the rest of its history.
  const isComplete = missing === undefined || missing.length === 0;
  const wanted = isComplete ? request.descendants : missing;
  const failure = await fetchHistories(wanted, access, context);
  const later = await findKnown(request, context);
  if (later !== undefined) return { status: 'found', objectId: later };
  return failure ?? { status: 'absent' };
}

async function findKnown(
  { objectId, descendants }: LineageRequest,
  { mirror }: ReadContext,
): Promise<string | undefined> {
  for (const descendant of descendants) {
    if ((await mirror.isAncestor(objectId, descendant)) === true) return descendant;
  }
  return undefined;
}

/** One after the other: a commit that a server has forgotten must not keep the others away. */
async function fetchHistories(
  objectIds: readonly string[],
  access: RemoteAccess,
  context: ReadContext,
): Promise<RevisionFailure | undefined> {
  for (const objectId of objectIds) {
    const wanted = { tips: [], objectId, depth: 'all', timeoutMs: remainingMs(context) } as const;
    const outcome = await context.mirror.fetch(access, wanted);
    context.onFetch(outcome.status);
    const failure = outcome.status === 'done' ? undefined : explainOutcome(outcome, access);
    // What the server does not have any more contains nothing that can be shown.
    if (failure?.status === 'unavailable') return failure;
    const missing = await context.mirror.listMissing(objectIds);
    if (missing?.length === 0 && !(await context.mirror.isShallow())) return undefined;
  }
  return undefined;
}
