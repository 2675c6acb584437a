/** Whether a webhook or a policy is asked about a kind of objects in a namespace. */
import { meets } from '../../kubernetes/label-selector.ts';
import type { AdmissionRule, AdmissionScope } from './parse-admission-scopes.ts';

/** Where objects of a kind are. */
export interface KindPlace {
  readonly group: string;
  readonly resource: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
}

/** The labels of each namespace; `undefined` where they are not known. */
export type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>> | undefined;

/** What is not known counts as asked about: the strict side. */
export function matchAdmissionScope(
  { rules, namespaces }: Pick<AdmissionScope, 'rules' | 'namespaces'>,
  place: KindPlace,
  labels: NamespaceLabels,
): boolean {
  if (!rules.some((rule) => matchRule(rule, place))) return false;
  // Selectors of namespaces say nothing about cluster-scoped objects.
  if (place.namespace === '' || namespaces === undefined) return true;
  const found = labels?.get(place.namespace);
  return found === undefined || meets(namespaces, found);
}

/** Whether a rule names a kind, in any version. */
export function matchRule(
  { groups, resources, scope }: Pick<AdmissionRule, 'groups' | 'resources' | 'scope'>,
  { group, resource, namespace }: KindPlace,
): boolean {
  const isOfGroup = groups.includes('*') || groups.includes(group);
  // A subresource changes the object, too.
  const isOfKind = resources.some((name) => ['*', resource].includes(name.replace(/\/.*$/u, '')));
  const isOfScope = scope === '*' || (scope === 'Cluster') === (namespace === '');
  return isOfGroup && isOfKind && isOfScope;
}
