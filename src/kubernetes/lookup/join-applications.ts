/**
 * The look-ups of a cluster whose Applications are in another one. Everything else is looked up here.
 *
 * Applications in this cluster count for nothing then: whoever may make one here must not give a right by it.
 */
import type { MonotonicMs } from '../../base/clock.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { ClaimLookup, ClusterLookup, ManagedLookup, ObjectLookup } from './lookup.ts';
import type { RemoteApplications } from './remote-applications.ts';

/** `local` must know of the Applications already where it says what is left behind. */
export function joinApplications(
  local: ClusterLookup,
  applications: RemoteApplications,
): ClusterLookup {
  const read = (isFresh: boolean, ask: ClusterLookup['lookupObject']) => {
    return (reference: ObjectReference, deadlineAtMs: MonotonicMs): Promise<ObjectLookup> =>
      isApplication(reference)
        ? applications.read({ reference, isFresh, deadlineAtMs })
        : ask(reference, deadlineAtMs);
  };
  return {
    ...local,
    lookupObject: read(false, local.lookupObject),
    lookupFresh: read(true, local.lookupFresh),
    findClaims: async (reference, deadlineAtMs) =>
      joinClaims(
        await local.findClaims(reference, deadlineAtMs),
        applications.findClaims(reference),
      ),
    findClaimed: async (scope, deadlineAtMs) =>
      joinClaimed(await local.findClaimed(scope, deadlineAtMs), applications.findClaimed(scope)),
    argocdSettings: () => applications.argocdSettings(),
    close: () => {
      void applications.close();
      local.close();
    },
  };
}

/** Of Argo CD. */
export function isApplication({ group, resource }: ObjectReference): boolean {
  return group === 'argoproj.io' && resource === 'applications';
}

/** A claim is enough; "none" must be said by both. */
function joinClaims(local: ClaimLookup, remote: ClaimLookup): ClaimLookup {
  const here = local.status === 'found' ? local.claims.filter(({ tool }) => tool !== 'argocd') : [];
  const there = remote.status === 'found' ? remote.claims : [];
  const claims = [...here, ...there];
  if (claims.length > 0) return { status: 'found', claims };
  return (
    [local, remote].find(({ status }) => status === 'unavailable') ?? { status: 'found', claims }
  );
}

function joinClaimed(local: ManagedLookup, remote: ManagedLookup): ManagedLookup {
  const found = [local, remote].flatMap((answer) =>
    answer.status === 'found' ? answer.objects : [],
  );
  if (found.length > 0) return { status: 'found', objects: found };
  return (
    [local, remote].find(({ status }) => status === 'unavailable') ?? {
      status: 'found',
      objects: [],
    }
  );
}
