/**
 * What GitOps objects list as applied in a namespace, or of a kind: Secrets and custom resources, too, of which our account
 * reads nothing.
 *
 * Read now from the API server: it is asked only before a Namespace or a CustomResourceDefinition is deleted.
 */
import type { ApiReading } from '../client/cluster-client.ts';
import { formatListPath, pluralOf } from '../client/format-api-path.ts';
import type { ResourceKind } from '../client/format-api-path.ts';
import { listPages } from '../client/list-pages.ts';
import { compareObjects } from '../object-reference.ts';
import type { KubernetesObject } from '../object.ts';
import type { ClaimedScope, LookupUnavailable, ManagedLookup, ManagedObject } from './lookup.ts';
import { CLAIMING_KINDS, readClaims } from './parse-claims.ts';
import type { ClaimedObject } from './parse-claims.ts';

export interface ClaimedSearch {
  /** The kinds that are searched by themselves: what is there of them was found, whatever an application lists. */
  readonly searchedKinds: readonly ResourceKind[];
  readonly read: (path: string, accept: string) => Promise<ApiReading>;
}

/** An Application with thousands of resources is a megabyte of JSON. */
const PAGE_OBJECTS = 50;
const PAGES_MAX = 40;
/** More than a message names. */
const CLAIMED_MAX = 20;

type Searched =
  { readonly status: 'searched'; readonly objects: readonly ManagedObject[] } | LookupUnavailable;

/** The first ones end the search of their kind; "none" requires a complete search. */
export async function findClaimed(
  scope: ClaimedScope,
  search: ClaimedSearch,
): Promise<ManagedLookup> {
  const results = await Promise.all(CLAIMING_KINDS.map((kind) => searchKind(kind, scope, search)));
  const objects = results.flatMap((result) => (result.status === 'searched' ? result.objects : []));
  if (objects.length > 0) return { status: 'found', objects: objects.toSorted(compareObjects) };
  return results.find((result) => result.status === 'unavailable') ?? { status: 'found', objects };
}

async function searchKind(
  kind: ResourceKind,
  scope: ClaimedScope,
  { read, searchedKinds }: ClaimedSearch,
): Promise<Searched> {
  let objects: readonly ManagedObject[] = [];
  const end = await listPages(formatListPath(kind, undefined) ?? '', {
    read,
    pageObjects: PAGE_OBJECTS,
    pagesMax: PAGES_MAX,
    visit: (items) => {
      objects = items
        .flatMap((item) => claimedBy({ kind: kind.kind, item }, { scope, searchedKinds }))
        .slice(0, CLAIMED_MAX);
      return objects.length > 0;
    },
  });
  // An absent kind is not installed: a cluster without Flux has no Kustomizations.
  return end.status === 'unavailable' ? end : { status: 'searched', objects };
}

/** What one GitOps object of this kind lists within the scope. */
export function claimedBy(
  { kind, item }: { readonly kind: string; readonly item: KubernetesObject },
  { scope, searchedKinds }: Pick<ClaimedSearch, 'searchedKinds'> & { readonly scope: ClaimedScope },
): readonly ManagedObject[] {
  const stored = readClaims(kind, item);
  if (stored === undefined) return [];
  return stored.objects
    .filter((claimed) => isWithin(claimed, scope, searchedKinds))
    .map(({ group, kind: claimedKind, namespace, name }) => ({
      group,
      // An inventory names none.
      version: '',
      kind: claimedKind,
      resource: pluralOf(claimedKind),
      ...(namespace !== '' && { namespace }),
      name,
      app: stored.claim.app,
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
