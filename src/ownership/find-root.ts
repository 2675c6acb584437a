/**
 * From what a controller made to the managed object it was made for: a Pod, its ReplicaSet, its Deployment.
 *
 * A ReplicaSet that somebody edits runs what nobody declared, although Git manages the Deployment alone.
 */
import { parseSelector } from '../kubernetes/label-selector.ts';
import type { KubernetesObject, OwnerReference } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import type { Answer, ObjectFact, RootObject } from './object-fact.ts';
import { controllerOf, parseApiVersion } from './owner-references.ts';

export interface RootSearch {
  readonly namespace: string;
  readonly lookupObject: (reference: ObjectReference) => Promise<ObjectLookup>;
  /** The resource name of a kind, where only the kind is known. */
  readonly pluralOf: (kind: string) => string;
  /** Whether a stored object is managed. */
  readonly describe: (
    stored: KubernetesObject,
    reference: ObjectReference,
  ) => ObjectFact | Promise<ObjectFact>;
}

/** CronJob, Job, Pod and one operator above: longer chains of controllers were not seen. */
const OWNERS_MAX = 4;

/** `null` where no owner is managed, or an owner reference names what is not there. */
export async function findRoot(
  child: KubernetesObject,
  search: RootSearch,
): Promise<Answer<RootObject | null>> {
  let stored = child;
  for (let height = 0; height < OWNERS_MAX; height += 1) {
    const owner = controllerOf(stored);
    const reference = owner && referenceOf(owner, search);
    if (owner === undefined || reference === undefined) return none;
    const answer = await search.lookupObject(reference);
    if (answer.status === 'unavailable') return { status: 'unavailable', reason: answer.reason };
    // Another uid is another object of the same name: the reference is dead, or forged.
    if (answer.status === 'absent' || answer.object.metadata?.uid !== owner.uid) return none;
    const fact = await search.describe(answer.object, reference);
    if (fact.managed) {
      const selector = parseSelector(answer.object);
      const selectorKeys = selector?.map(({ key }) => key);
      const root = describeRoot(reference, fact);
      return {
        status: 'known',
        value: selectorKeys === undefined ? root : { ...root, selectorKeys },
      };
    }
    stored = answer.object;
  }
  return none;
}

const none: Answer<null> = { status: 'known', value: null };

/** A managed object as the owner of something. */
export function describeRoot(
  reference: ObjectReference,
  { tool, app, appNamespace }: ObjectFact,
): RootObject {
  return { ...reference, tool, app, appNamespace };
}

function referenceOf(
  { apiVersion, kind, name }: OwnerReference,
  { namespace, pluralOf }: RootSearch,
): ObjectReference | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  // The mirror pods of a node's own files: a Node is in no namespace, and declares nothing.
  if (group === '' && kind === 'Node') return undefined;
  return { group, version, kind, resource: pluralOf(kind), namespace, name };
}
