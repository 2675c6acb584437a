/**
 * What GitOps objects list as applied in a namespace, or of a kind: Secrets and custom resources, too, of which our account
 * reads nothing.
 *
 * Read now from the API server: it is asked only before a Namespace or a CustomResourceDefinition is deleted.
 */
import type { ApiReading } from '../client/cluster-client.ts';
import { pluralOf } from '../client/format-api-path.ts';
import type { ResourceKind } from '../client/format-api-path.ts';
import { compareObjects } from '../object-reference.ts';
import type { KubernetesObject } from '../object.ts';
import type { ClaimedScope, ManagedLookup, ManagedObject } from './lookup.ts';
import { readClaims } from './parse-claims.ts';
import type { ClaimedObject } from './parse-claims.ts';
import { searchClaims } from './search-claims.ts';

export interface ClaimedSearch {
  /** The kinds that are searched by themselves: what is there of them was found, whatever an application lists. */
  readonly searchedKinds: readonly ResourceKind[];
  readonly read: (path: string, accept: string) => Promise<ApiReading>;
}

/** More than a message names. */
export const CLAIMED_MAX = 20;

/** The first ones end the search of their kind; "none" requires a complete search. */
export async function findClaimed(
  scope: ClaimedScope,
  { read, searchedKinds }: ClaimedSearch,
): Promise<ManagedLookup> {
  const searched = await searchClaims({
    read,
    find: (kind, items) =>
      items
        .flatMap((item) => claimedBy({ kind, item }, { scope, searchedKinds }))
        .slice(0, CLAIMED_MAX),
  });
  return searched.status === 'unavailable'
    ? searched
    : { status: 'found', objects: searched.found.toSorted(compareObjects) };
}

/** What one GitOps object of this kind lists within the scope. */
export function claimedBy(
  { kind, item }: { readonly kind: string; readonly item: KubernetesObject },
  { scope, searchedKinds }: Pick<ClaimedSearch, 'searchedKinds'> & { readonly scope: ClaimedScope },
): readonly ManagedObject[] {
  const stored = readClaims(kind, item);
  if (stored === undefined) return [];
  return claimedWithin(
    { app: stored.claim.app, objects: stored.objects },
    { scope, searchedKinds },
  );
}

/** What of these objects, which an application lists, is within the scope. */
export function claimedWithin(
  { app, objects }: { readonly app: string; readonly objects: readonly ClaimedObject[] },
  { scope, searchedKinds }: Pick<ClaimedSearch, 'searchedKinds'> & { readonly scope: ClaimedScope },
): readonly ManagedObject[] {
  return objects
    .filter((claimed) => isWithin(claimed, scope, searchedKinds))
    .map(({ group, kind: claimedKind, namespace, name }) => ({
      group,
      // An inventory names none.
      version: '',
      kind: claimedKind,
      resource: pluralOf(claimedKind),
      ...(namespace !== '' && { namespace }),
      name,
      app,
    }));
}

function isWithin(
  { group, kind, namespace }: ClaimedObject,
  scope: ClaimedScope,
  searchedKinds: readonly ResourceKind[],
): boolean {
  if ('kind' in scope) return group === scope.group && kind === scope.kind;
  if (namespace !== scope.namespace || isCluster(group, kind)) return false;
  return !searchedKinds.some((searched) => searched.group === group && searched.kind === kind);
}

// Argo CD may write the destination's namespace beside a cluster-scoped object. A Namespace does not keep itself.
function isCluster(group: string, kind: string): boolean {
  return CLUSTER_KINDS.has(`${kind}.${group}`);
}

const CLUSTER_KINDS: ReadonlySet<string> = new Set([
  'APIService.apiregistration.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io',
  'ClusterRoleBinding.rbac.authorization.k8s.io',
  'CustomResourceDefinition.apiextensions.k8s.io',
  'IngressClass.networking.k8s.io',
  'MutatingWebhookConfiguration.admissionregistration.k8s.io',
  'Namespace.',
  'PersistentVolume.',
  'PriorityClass.scheduling.k8s.io',
  'RuntimeClass.node.k8s.io',
  'StorageClass.storage.k8s.io',
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io',
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io',
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
]);
