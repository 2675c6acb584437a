/** What has become of the claim that a PersistentVolume is bound to. The volume's own status is written by many. */
import { isRecord } from '../base/is-record.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import type { Answer } from './object-fact.ts';

/** `none`: it was never bound. `gone`: the claim it was bound to is no more, though one of the same name may be there. */
export async function findBoundClaim(
  { spec }: KubernetesObject,
  lookupFresh: (reference: ObjectReference) => Promise<ObjectLookup>,
): Promise<Answer<'present' | 'gone' | 'none'>> {
  const claim = isRecord(spec) ? spec['claimRef'] : undefined;
  if (!isRecord(claim)) return { status: 'known', value: 'none' };
  const { namespace, name, uid } = claim;
  if (typeof namespace !== 'string' || typeof name !== 'string') {
    return { status: 'known', value: 'none' };
  }
  const kind = { group: '', version: 'v1', kind: 'PersistentVolumeClaim' };
  const reference = { ...kind, resource: 'persistentvolumeclaims', namespace, name };
  const answer = await lookupFresh(reference);
  if (answer.status === 'unavailable') return { status: 'unavailable', reason: answer.reason };
  if (answer.status === 'absent') return { status: 'known', value: 'gone' };
  const isSame = typeof uid !== 'string' || answer.object.metadata?.uid === uid;
  return { status: 'known', value: isSame ? 'present' : 'gone' };
}
