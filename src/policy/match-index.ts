/**
 * Finds the policies that match a request. Requests concern few kinds of object, so the result for a resource and
 * operation is computed once per combination; the other conditions are checked per request.
 */
import type { ActorClass } from '../identity/actor.ts';
import type { Operation } from '../kubernetes/admission-request.ts';
import type { PolicyDescriptor, PolicyMatch } from './descriptor.ts';
import { matchesKind } from './gatekeeper/match-constraint.ts';

/**
 * The parts of a request that a match reads. `managedOnly` is checked later, when the owner of the object is
 * known.
 */
export interface MatchAttributes {
  readonly operation: Operation;
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
  /** Empty or absent for the object itself. */
  readonly subResource?: string | undefined;
  /** Empty or absent for cluster-scoped objects. */
  readonly namespace?: string | undefined;
  readonly actorClass: ActorClass;
}

export interface MatchIndex {
  /** The policies that match, in the order of the index. */
  readonly matchPolicies: (attributes: MatchAttributes) => readonly PolicyDescriptor[];
}

/**
 * The number of cached combinations. Group and resource come from the cluster's API, so there are a few
 * hundred in practice.
 */
const COMBINATIONS_MAX = 4096;
const NONE: readonly PolicyDescriptor[] = [];

/** Builds the index of a bundle's policies. */
export function createMatchIndex(policies: readonly PolicyDescriptor[]): MatchIndex {
  const combinations = new Map<string, readonly PolicyDescriptor[]>();
  return {
    matchPolicies: (attributes) => {
      const key = `${attributes.operation} ${attributes.group} ${attributes.resource} ${attributes.kind} ${attributes.subResource ?? ''}`;
      let candidates = combinations.get(key);
      if (candidates === undefined) {
        candidates = policies.filter(
          ({ match, constraint }) =>
            matchesResource(match, attributes) &&
            (constraint === undefined || matchesKind(constraint.match, attributes)),
        );
        // Clearing the cache bounds memory, and costs one filtering per combination.
        if (combinations.size >= COMBINATIONS_MAX) combinations.clear();
        combinations.set(key, candidates.length === 0 ? NONE : candidates);
      }
      if (candidates.length === 0) return NONE;
      return candidates.filter(({ match }) => matchesPlaceAndActor(match, attributes));
    },
  };
}

function matchesResource(match: PolicyMatch, attributes: MatchAttributes): boolean {
  return (
    includes(match.operations, attributes.operation) &&
    includes(match.groups, attributes.group) &&
    includes(match.kinds, attributes.kind) &&
    includes(match.resources, attributes.resource) &&
    includes(match.subresources, attributes.subResource ?? '')
  );
}

function matchesPlaceAndActor(match: PolicyMatch, attributes: MatchAttributes): boolean {
  const namespace = attributes.namespace ?? '';
  return (
    includes(match.namespaces, namespace) &&
    // An absent list of exclusions excludes nothing.
    match.excludedNamespaces?.includes(namespace) !== true &&
    includes(match.actorClasses, attributes.actorClass)
  );
}

/** An absent list matches everything. */
function includes<T>(list: readonly T[] | undefined, value: T): boolean {
  return list === undefined || list.includes(value);
}
