/**
 * The first condition of a match that a request does not meet, for people who ask why a policy was silent. It says the same as
 * `match-index.ts`, which answers requests and has no time for reasons; a test holds the two together.
 */
import type { PolicyMatch } from './descriptor.ts';
import type { MatchAttributes } from './match-index.ts';

export interface Mismatch {
  readonly condition: keyof PolicyMatch;
  /** What it names. */
  readonly named: readonly string[];
  /** What the request has. */
  readonly found: string;
}

/** `undefined` where all conditions are met that need no look-up: `managedOnly` is none of them. */
export function classifyMismatch(
  match: PolicyMatch,
  attributes: MatchAttributes,
): Mismatch | undefined {
  const { operation, group, kind, resource, actorClass } = attributes;
  const { subResource = '', namespace = '' } = attributes;
  const lists: readonly (readonly [keyof PolicyMatch, readonly string[] | undefined, string])[] = [
    ['operations', match.operations, operation],
    ['groups', match.groups, group],
    ['kinds', match.kinds, kind],
    ['resources', match.resources, resource],
    ['subresources', match.subresources, subResource],
    ['namespaces', match.namespaces, namespace],
    ['actorClasses', match.actorClasses, actorClass],
  ];
  for (const [condition, named, found] of lists) {
    if (named?.includes(found) === false) return { condition, named, found };
  }
  const excluded = match.excludedNamespaces ?? [];
  return excluded.includes(namespace)
    ? { condition: 'excludedNamespaces', named: excluded, found: namespace }
    : undefined;
}
