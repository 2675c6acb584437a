/**
 * What a webhook or an admission policy can do to what Git declares, and to the work of a cluster and of Holdfast. It may do less:
 * by its conditions, and by what its code does.
 */
import { matchAdmissionScope, matchRule } from './match-admission-scope.ts';
import type { KindPlace, NamespaceLabels } from './match-admission-scope.ts';
import type { AdmissionScope } from './parse-admission-scopes.ts';

/** `mutates`: it may change what Git declares; `blocks`: where it is away, or refuses, the named stands still. */
export interface AdmissionEffect {
  readonly what: 'mutates' | 'blocks';
  /** Resources as kubectl writes them, or a place. */
  readonly reaches: readonly string[];
}

export interface AdmissionSurroundings {
  /** By `group/resource`, the namespaces with managed objects of this kind; the empty one for cluster-scoped objects. */
  readonly managed: ReadonlyMap<string, ReadonlySet<string>>;
  readonly namespaceLabels: NamespaceLabels;
  /** Where Holdfast runs. */
  readonly ownNamespace: string;
}

/** What controllers make of managed objects: who changes a pod has changed what its Deployment declares. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  'apps/deployments': ['apps/replicasets', '/pods'],
  'apps/replicasets': ['/pods'],
  'apps/statefulsets': ['/pods', '/persistentvolumeclaims'],
  'apps/daemonsets': ['/pods'],
  'batch/cronjobs': ['batch/jobs', '/pods'],
  'batch/jobs': ['/pods'],
  '/services': ['discovery.k8s.io/endpointslices'],
};

/** The greater of its effects; `undefined` where it reaches nothing of it. */
export function classifyAdmissionEffect(
  scopes: readonly AdmissionScope[],
  surroundings: AdmissionSurroundings,
): AdmissionEffect | undefined {
  const mutated = listMutated(scopes, surroundings);
  if (mutated.length > 0) return { what: 'mutates', reaches: mutated };
  const blocked = listBlocked(scopes, surroundings);
  return blocked.length > 0 ? { what: 'blocks', reaches: blocked } : undefined;
}

function listMutated(
  scopes: readonly AdmissionScope[],
  { managed, namespaceLabels }: AdmissionSurroundings,
): readonly string[] {
  const mutating = scopes.flatMap(({ mutates, rules, namespaces }) => {
    const writing = rules.filter(({ operations }) => operations.some(isWrite));
    return mutates ? [{ rules: writing, namespaces }] : [];
  });
  const found = new Set<string>();
  for (const [kind, places] of managed) {
    for (const reached of [kind, ...(MADE_OF[kind] ?? [])]) {
      const isReached = [...places].some((namespace) => {
        const place = placeOf(reached, namespace);
        return mutating.some((scope) => matchAdmissionScope(scope, place, namespaceLabels));
      });
      if (isReached) found.add(formatKind(reached));
    }
  }
  return [...found].toSorted();
}

// A deletion has nothing to change.
function isWrite(operation: string): boolean {
  return operation === '*' || operation === 'CREATE' || operation === 'UPDATE';
}

/** Nodes and leaders of controllers renew one every few seconds, in namespaces of their own. */
const LEASES: KindPlace = {
  group: 'coordination.k8s.io',
  resource: 'leases',
  namespace: 'kube-node-lease',
};

function listBlocked(
  scopes: readonly AdmissionScope[],
  { namespaceLabels, ownNamespace }: AdmissionSurroundings,
): readonly string[] {
  const closed = scopes.filter(({ failsClosed }) => failsClosed);
  const isAny = (isMet: (scope: AdmissionScope) => boolean): boolean => closed.some(isMet);
  const own = { group: '', resource: 'pods', namespace: ownNamespace };
  const everything = { group: '*', resource: '*', namespace: '' };
  const blocked: readonly (readonly [string, boolean])[] = [
    ['every kind', isAny(({ rules }) => rules.some((rule) => matchRule(rule, everything)))],
    [
      'leases.coordination.k8s.io',
      isAny((scope) => matchAdmissionScope(scope, LEASES, namespaceLabels)),
    ],
    [`pods of ${ownNamespace}`, isAny((scope) => matchAdmissionScope(scope, own, namespaceLabels))],
  ];
  return blocked.filter(([, isBlocked]) => isBlocked).map(([name]) => name);
}

function placeOf(kind: string, namespace: string): KindPlace {
  const separator = kind.indexOf('/');
  return { group: kind.slice(0, separator), resource: kind.slice(separator + 1), namespace };
}

function formatKind(kind: string): string {
  const { group, resource } = placeOf(kind, '');
  return group === '' ? resource : `${resource}.${group}`;
}
