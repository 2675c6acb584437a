/** Whether an override of settings applies where a request is. */
import { selectsNamespace, type NamespaceSelector } from './namespace-selector.ts';
import type { RequestPlace } from './request-place.ts';

/** At least one is there; both must hold. */
export interface OverrideScope {
  readonly namespaces?: readonly string[] | undefined;
  readonly namespaceSelector?: NamespaceSelector | undefined;
}

/** `unknown`: the labels decide, and they are not known, or say both: a Namespace changes them. */
export type OverrideMatching = 'matched' | 'unmatched' | 'unknown';

/** By the name first: what a name rules out does not depend on labels. */
export function matchOverride(
  { namespaces, namespaceSelector }: OverrideScope,
  { namespace, labels }: RequestPlace,
): OverrideMatching {
  if (namespace === undefined) return 'unmatched';
  const isNamed =
    namespaces === undefined || namespaces.some((pattern) => matchesName(pattern, namespace));
  if (!isNamed) return 'unmatched';
  if (namespaceSelector === undefined) return 'matched';
  if (labels === undefined) return 'unknown';
  const selected = labels.map((one) => selectsNamespace(namespaceSelector, one));
  if (selected.every(Boolean)) return 'matched';
  return selected.some(Boolean) ? 'unknown' : 'unmatched';
}

function matchesName(pattern: string, namespace: string): boolean {
  return pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern;
}
