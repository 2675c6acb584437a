/** Plans the manifests that register the webhook for a configuration. */
import type { Configuration } from '../config/schema.ts';
import { PLATFORM_IDENTITIES } from '../identity/platform-identities.ts';
import type { ExemptionOptions } from '../registration/exemption-options.ts';
import type { GuardOptions } from '../registration/format-guard.ts';
import { planGuard } from '../registration/plan-guard.ts';
import { planStaticGuard } from '../registration/plan-static-guard.ts';
import {
  planRegistration,
  type Manifest,
  type RegistrationOptions,
} from '../registration/plan-registration.ts';
import { RECOVERY_USERNAMES } from '../registration/recovery-identities.ts';
import { argocdMarks } from './argocd-marks.ts';
import { installationNamespaces } from './installation-namespaces.ts';

/** The account that the chart makes. */
const OWN_ACCOUNT = 'holdfast';

export interface ManifestOptions extends Pick<
  RegistrationOptions,
  'target' | 'authorityPem' | 'ownNamespace' | 'failurePolicies' | 'profile' | 'annotations'
> {
  /** Namespaces of GitOps controllers, besides the configured ones. */
  readonly gitopsNamespaces: readonly string[];
  /** Exact usernames that must work before Holdfast can start, besides those of every cluster. */
  readonly recoveryUsernames: readonly string[];
  /** Whom the guards let through besides those of the configuration; absent if no guard is requested. */
  readonly guardUsernames?: readonly string[] | undefined;
}

/** The webhook configurations, and the admission policies that guard them where they are wanted. */
export function planManifests(
  configuration: Configuration,
  { gitopsNamespaces, recoveryUsernames, guardUsernames, ...registration }: ManifestOptions,
): readonly Manifest[] {
  const exemptions = planExemptions(configuration);
  return [
    ...planRegistration({
      ...registration,
      ...exemptions,
      gitopsNamespaces: [...exemptions.gitopsNamespaces, ...gitopsNamespaces],
      recoveryUsernames: [...exemptions.recoveryUsernames, ...recoveryUsernames],
    }),
    ...(guardUsernames === undefined
      ? []
      : planGuard(guardOptions(configuration, { ...registration, guardUsernames }))),
  ];
}

/** The guards as files of the API server; nothing of the registration is among them. */
export function planStaticGuardFor(
  configuration: Configuration,
  options: Pick<ManifestOptions, 'ownNamespace' | 'guardUsernames'>,
): readonly Manifest[] {
  return planStaticGuard(guardOptions(configuration, options));
}

/** As whom Holdfast writes. */
export function ownUsername(ownNamespace: string): string {
  return `system:serviceaccount:${ownNamespace}:${OWN_ACCOUNT}`;
}

function guardOptions(
  configuration: Configuration,
  { ownNamespace, guardUsernames = [] }: Pick<ManifestOptions, 'ownNamespace' | 'guardUsernames'>,
): GuardOptions {
  const { usernames, exemptGroups } = configuration.registration.guard;
  const { writerUsernames, instanceLabelKey, sharedControllerManager } =
    planExemptions(configuration);
  const own = ownUsername(ownNamespace);
  return {
    allowedUsernames: [...writerUsernames, ...usernames, ...guardUsernames, own],
    exemptGroups,
    instanceLabelKey,
    ownNamespace,
    sharedControllerManager,
  };
}

/** What the configuration says about who writes, where, and by which marks. */
function planExemptions(configuration: Configuration): ExemptionOptions {
  const { identity, ownership } = configuration;
  const marks = argocdMarks(ownership.argocd, undefined);
  return {
    platformUsernames: [...PLATFORM_IDENTITIES.keys()],
    recoveryUsernames: [...RECOVERY_USERNAMES],
    sharedControllerManager: identity.sharedControllerManager,
    writerUsernames: identity.writers.map(({ username }) => username),
    gitopsNamespaces: installationNamespaces(configuration),
    gitopsOnlyNamespaces: ownership.gitopsOnlyNamespaces,
    exemptNamespaces: ownership.exemptNamespaces,
    ...(marks.trackingMethod === 'annotation' ? {} : { instanceLabelKey: marks.instanceLabelKey }),
  };
}
