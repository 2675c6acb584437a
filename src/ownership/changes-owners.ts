/** Whether an update gives an object other owners. A dead owner gets it deleted by the garbage collector. */
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { isSameValue } from './same-value.ts';

const OWNERS_LIMITS = { nodes: 10_000, depth: 8 };

/** Any difference counts, and so does a list too long to compare. */
export function changesOwners({ operation, oldObject, object }: AdmissionRequest): boolean {
  return (
    operation === 'UPDATE' &&
    !isSameValue(oldObject?.metadata?.ownerReferences, object?.metadata?.ownerReferences, {
      budget: { nodes: OWNERS_LIMITS.nodes },
      depthLeft: OWNERS_LIMITS.depth,
    })
  );
}
