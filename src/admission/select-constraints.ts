/** Selects those of the policies that are constraints of Gatekeeper and match, by the objects themselves. */
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { containingNamespace } from '../kubernetes/containing-namespace.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import {
  labelsOf,
  matchConstraint,
  type MatchedObjects,
} from '../policy/gatekeeper/match-constraint.ts';
import type { KnownFacts } from './facts/fact.ts';

/** Gathers the fact `namespace`; `undefined` where it is unavailable. */
export type GatherNamespace = () => Promise<KnownFacts['namespace']>;

/**
 * Policies that are no constraints stay. So does a constraint that selects namespaces by their labels where these are unavailable: it reads
 * that fact, and what cannot be matched must not be passed over.
 */
export async function selectConstraints(
  policies: readonly PolicyDescriptor[],
  request: AdmissionRequest,
  gatherNamespace: GatherNamespace,
): Promise<readonly PolicyDescriptor[]> {
  if (policies.every(({ constraint }) => constraint === undefined)) return policies;
  const named = matchedObjectsOf(request);
  const select = (matched: MatchedObjects) =>
    policies.flatMap((policy) => {
      const { constraint } = policy;
      const matching =
        constraint === undefined ? 'matched' : matchConstraint(constraint.match, matched);
      return matching === 'unmatched' ? [] : [{ policy, matching }];
    });
  const selected = select(named);
  if (selected.every(({ matching }) => matching === 'matched')) return selected.map(policyOf);
  const namespace = (await gatherNamespace()) ?? undefined;
  if (namespace === undefined || named.namespace === undefined) return selected.map(policyOf);
  const { name } = named.namespace;
  return select({ ...named, namespace: { name, labels: labelsOf(namespace) } }).map(policyOf);
}

function policyOf({ policy }: { readonly policy: PolicyDescriptor }): PolicyDescriptor {
  return policy;
}

/** What of a request a constraint matches, before the labels of its namespace are known. */
export function matchedObjectsOf(request: AdmissionRequest): MatchedObjects {
  const { operation, object, oldObject } = request;
  const old = oldObject ?? undefined;
  const judged = operation === 'DELETE' ? old : (object ?? undefined);
  const name = containingNamespace(request);
  const namespace = name === undefined ? undefined : { name };
  return { object: judged, oldObject: old, namespace };
}
