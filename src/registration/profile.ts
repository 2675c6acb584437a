/**
 * Profiles of the registration: which requests are sent, and what happens to them while Holdfast is away.
 *
 * `production` sends all that is not exempt and refuses what Holdfast cannot answer. `trial` sends a part and lets through
 * what Holdfast cannot answer, so that trying Holdfast cannot harm the cluster.
 */
import type { ExemptionOptions } from './exemption-options.ts';
import {
  allOf,
  anyOf,
  namespaceIs,
  not,
  operationIs,
  resourceIs,
  subresourceIs,
} from './format-cel.ts';
import { onlyIn } from './format-match-conditions.ts';
import type { MatchCondition } from './format-match-conditions.ts';
import { isUnmarked } from './format-metadata-conditions.ts';

/** As the configuration and `holdfast manifests` name them. */
export const PROFILE_NAMES = ['production', 'trial'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export interface RegistrationProfile {
  readonly name: ProfileName;
  /** The namespaces of a trial, by exact name. Empty: the trial is about what Git declares, in every namespace. */
  readonly pilotNamespaces: readonly string[];
}

/** The one that protects. */
export const PRODUCTION: RegistrationProfile = { name: 'production', pilotNamespaces: [] };

/** What a webhook gets from the profile. */
export interface PilotScope {
  /** Kept from the webhook before any condition is evaluated; requests without a namespace match every selector. */
  readonly namespaceSelector?: object;
  readonly matchConditions: readonly MatchCondition[];
}

/** The label that the API server itself keeps equal to the name of the namespace. */
const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** Which requests a webhook of this profile is asked about, besides its own conditions. */
export function planPilotScope(
  { name, pilotNamespaces }: RegistrationProfile,
  options: Pick<ExemptionOptions, 'instanceLabelKey' | 'gitopsOnlyNamespaces'>,
): PilotScope {
  if (name === 'production') return { matchConditions: [] };
  if (pilotNamespaces.length === 0) return { matchConditions: [onlyDeclared(options)] };
  const values = [...new Set(pilotNamespaces)].toSorted();
  return {
    namespaceSelector: {
      matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator: 'In', values }],
    },
    // The selector lets every object without a namespace through: nodes, roles, definitions.
    matchConditions: [onlyIn('pilot-namespaces', values)],
  };
}

/**
 * What Git declares, as far as a request shows it. `scale`, `eviction` and the like carry no labels of their object, and the
 * deletion of a namespace or of a kind takes with it what is not named.
 */
function onlyDeclared({
  instanceLabelKey,
  gitopsOnlyNamespaces,
}: Pick<ExemptionOptions, 'instanceLabelKey' | 'gitopsOnlyNamespaces'>): MatchCondition {
  const expression = anyOf(
    not(isUnmarked({ instanceLabelKey })),
    ...(gitopsOnlyNamespaces.length === 0 ? [] : [namespaceIs(...gitopsOnlyNamespaces)]),
    not(subresourceIs('', 'status')),
    allOf(
      operationIs('DELETE'),
      anyOf(
        resourceIs('', 'namespaces'),
        resourceIs('apiextensions.k8s.io', 'customresourcedefinitions'),
      ),
    ),
  );
  return { name: 'pilot-objects', expression };
}

/** In plain words: what is asked, and what is open or shut while Holdfast is away. */
export function describeProfile({ name, pilotNamespaces }: RegistrationProfile): readonly string[] {
  if (name === 'production') {
    return [
      'Profile production: every write that is not exempt is judged.',
      'While Holdfast is away, these writes are refused, those of the GitOps controllers, too. The work of kubelets, of the ' +
        "scheduler and of the platform's controllers on pods goes on, and the namespace of Holdfast stays open for repair.",
    ];
  }
  const scope =
    pilotNamespaces.length === 0
      ? 'what Git declares is judged'
      : `what happens in ${[...new Set(pilotNamespaces)].toSorted().join(', ')} is judged`;
  return [
    `Profile trial: ${scope}. All other writes pass unasked.`,
    'While Holdfast is away, every write passes unjudged, and nothing is refused.',
  ];
}
