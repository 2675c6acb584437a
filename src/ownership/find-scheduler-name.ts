/** The scheduler that a pod names: an account that binds the pod may be that one. */
import { isRecord } from '../base/is-record.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import type { Answer } from './object-fact.ts';

/** Where a pod names none (kubernetes pkg/apis/core/v1 defaults.go). */
const DEFAULT_SCHEDULER = 'default-scheduler';

/** Known, or unavailable with the reason; a pod that is gone names nobody. */
export async function findSchedulerName(
  pod: ObjectReference,
  lookupObject: (reference: ObjectReference) => Promise<ObjectLookup>,
): Promise<Answer<string>> {
  const answer = await lookupObject(pod);
  if (answer.status === 'unavailable') return { status: 'unavailable', reason: answer.reason };
  if (answer.status === 'absent') return { status: 'unavailable', reason: 'the pod is not there' };
  const spec: unknown = answer.object['spec'];
  const name: unknown = isRecord(spec) ? spec['schedulerName'] : undefined;
  const isNamed = typeof name === 'string' && name !== '';
  return { status: 'known', value: isNamed ? name : DEFAULT_SCHEDULER };
}
