/** Configured selectors: objects that are managed without a mark of a GitOps tool. */
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { MarkedIdentity } from './find-mark.ts';
import type { ObjectSelector } from './settings.ts';

/** The name of the first matching selector. */
export type SelectorMatcher = (
  object: KubernetesObject,
  identity: MarkedIdentity,
) => string | undefined;

/** Builds the matcher once from the configuration. */
export function createSelectorMatcher(selectors: readonly ObjectSelector[]): SelectorMatcher {
  return function matchSelector(object, identity) {
    return selectors.find((selector) => selects(selector, object, identity))?.name;
  };
}

function selects(
  { groups, kinds, namespaces, labels }: ObjectSelector,
  object: KubernetesObject,
  identity: MarkedIdentity,
): boolean {
  return (
    (groups === undefined || groups.includes(identity.group)) &&
    // A parent of a subresource is looked up by its resource; its own body says its kind.
    (kinds === undefined || kinds.includes(identity.kind)) &&
    (namespaces === undefined || namespaces.some((name) => isCalled(identity.namespace, name))) &&
    (labels === undefined || carries(object, labels))
  );
}

function isCalled(name: string, pattern: string): boolean {
  if (name === '') return false;
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function carries(object: KubernetesObject, labels: Readonly<Record<string, string>>): boolean {
  const carried: unknown = object.metadata?.labels;
  if (typeof carried !== 'object' || carried === null) return false;
  return Object.entries(labels).every(
    ([key, value]) => Object.hasOwn(carried, key) && Reflect.get(carried, key) === value,
  );
}
