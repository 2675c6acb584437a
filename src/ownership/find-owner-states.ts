/**
 * What has become of the owners of an object: the question that the garbage collector asks before it deletes anything.
 *
 * Whoever only wears its name may delete what Git declares unless the answer is looked up. Source: kubernetes
 * pkg/controller/garbagecollector/garbagecollector.go, `classifyReferences`.
 */
import type { KubernetesObject, OwnerReference } from '../kubernetes/object.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ObjectLookup } from '../kubernetes/lookup/lookup.ts';
import type { OwnerFact, OwnerState } from './object-fact.ts';
import { ownersOf, parseApiVersion } from './owner-references.ts';

export interface OwnerStateSearch {
  /** Of the object that has the owners; empty for a cluster-scoped one. */
  readonly namespace: string;
  /** Read now: an owner may be gone since a moment ago. */
  readonly lookupFresh: (reference: ObjectReference) => Promise<ObjectLookup>;
  /** The resource name of a kind, where only the kind is known. */
  readonly pluralOf: (kind: string) => string;
}

/** Real objects have one or two. Beyond, each is `unknown`, on which nobody deletes. */
const OWNERS_MAX = 8;

const FOREGROUND = 'foregroundDeletion';

/** Groups whose kinds are Kubernetes' own, so that their resource names are as guessed. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'policy',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'discovery.k8s.io',
  'networking.k8s.io',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
]);

/** One entry for each owner reference, in their order. */
export async function findOwnerStates(
  stored: KubernetesObject,
  search: OwnerStateSearch,
): Promise<readonly OwnerFact[]> {
  const owners = ownersOf(stored);
  const isTooMany = owners.length > OWNERS_MAX;
  return await Promise.all(
    owners.map(async (owner) => ({
      kind: owner.kind,
      name: owner.name,
      uid: owner.uid,
      state: isTooMany ? 'unknown' : await findState(owner, search),
    })),
  );
}

async function findState(owner: OwnerReference, search: OwnerStateSearch): Promise<OwnerState> {
  const { group, version } = parseApiVersion(owner.apiVersion);
  const resource = search.pluralOf(owner.kind);
  const reference = { group, version, kind: owner.kind, resource, name: owner.name };
  const scopes = search.namespace === '' ? [{}] : [{ namespace: search.namespace }, {}];
  for (const scope of scopes) {
    const answer = await search.lookupFresh({ ...reference, ...scope });
    if (answer.status === 'unavailable') return 'unknown';
    if (answer.status === 'found') return stateOf(answer.object, owner.uid);
  }
  return (await isServed(reference, search)) ? 'gone' : 'unknown';
}

// Another uid is another object of the same name: the owner itself is gone.
function stateOf({ metadata }: KubernetesObject, uid: string): OwnerState {
  if (metadata?.uid !== uid) return 'gone';
  if ((metadata.deletionTimestamp ?? null) === null) return 'present';
  return metadata.finalizers?.includes(FOREGROUND) === true ? 'foreground' : 'deleting';
}

/** A path that does not exist is answered 404 as well: a guessed resource name must not make a living owner seem gone. */
async function isServed(
  { group, resource }: ObjectReference,
  { lookupFresh }: OwnerStateSearch,
): Promise<boolean> {
  if (BUILT_IN_GROUPS.has(group)) return true;
  const definition = await lookupFresh({
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    resource: 'customresourcedefinitions',
    name: `${resource}.${group}`,
  });
  return definition.status === 'found';
}
