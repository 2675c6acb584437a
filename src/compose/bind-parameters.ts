/** The parameters of each policy: its own defaults, the shared parameters, then its settings. */
import type { EvaluationInput } from '../admission/ports.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { OperatorRule } from '../identity/operator-rule.ts';
import { parseFieldPattern } from '../identity/parse-field-pattern.ts';
import { listOperators } from '../identity/presets/list-operators.ts';
import { parseServiceAccount } from '../registration/parse-service-account.ts';
import { HEALER_ACCOUNT } from '../drift/healing/settings.ts';
import { formatLowerLimits } from '../identity/grants/format-lower-limits.ts';
import type { Configuration } from '../config/schema.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import { listDecidingLabels } from '../policy/deciding-labels.ts';
import { argocdMarks } from './argocd-marks.ts';
import { judgesImages } from './bind-images.ts';
import { installationNamespaces } from './installation-namespaces.ts';

/** The parameters of every policy, by its name; `live` has the settings of argocd-cm. */
export function bindParameters(
  descriptors: readonly PolicyDescriptor[],
  configuration: Configuration,
  live?: ArgocdSettings,
): EvaluationInput['parameters'] {
  const shared = sharedParameters(configuration, live);
  return Object.fromEntries(
    descriptors.map(({ name, parameters }) => [
      name,
      { ...shared, ...parameters, ...configuration.policies.settings[name]?.parameters },
    ]),
  );
}

/**
 * The shared parameters: the writers' accounts, the operators' rules, the namespaces of the GitOps
 * controllers.
 */
function sharedParameters(
  configuration: Configuration,
  live: ArgocdSettings | undefined,
): Readonly<Record<string, unknown>> {
  const { breakGlass, commits, freeze, identity, images, manifests, ownership, policies } =
    configuration;
  return {
    writers: identity.writers.map(({ name, username, tool, applications }) => ({
      username,
      tool,
      writer: name,
      applications,
      ...parseServiceAccount(username),
    })),
    sharedControllerManager: identity.sharedControllerManager,
    grantsPossible: breakGlass.approvers.length > 0,
    grantOptions: formatLowerLimits(breakGlass.limits),
    freezeOperators: freeze.operators,
    operators: Object.fromEntries(
      listOperators(identity).map(({ name, rules }) => [name, { rules: rules.map(bindRule) }]),
    ),
    argocdNamespace: ownership.argocd.namespace,
    allowSync: ownership.argocd.allowSync,
    syncAccounts: ownership.argocd.syncAccounts,
    syncOverrides: ownership.argocd.syncOverrides,
    instanceLabelKey: argocdMarks(ownership.argocd, live).instanceLabelKey,
    fluxNamespace: ownership.flux.namespace,
    healer: healerOf(configuration),
    orphanEditors: ownership.orphans.editors,
    orphanAfterMs: ownership.orphans.afterMs,
    requireCommit: commits.requireCommit,
    judgesImages: judgesImages(images),
    requireSignature: images.requireSignature,
    requireManifestMatch: manifests.requireManifestMatch,
    gitopsOnlyNamespaces: ownership.gitopsOnlyNamespaces,
    installationNamespaces: installationNamespaces(configuration),
    decidingLabels: listDecidingLabels(policies),
  };
}

/** The username of the account that heals drift; empty where nothing is healed, which is nobody's. */
function healerOf({ breakGlass, drift }: Configuration): string {
  if (drift?.heal === undefined) return '';
  return `system:serviceaccount:${breakGlass.namespace}:${HEALER_ACCOUNT}`;
}

/** The names of the parameters that every policy is given from the configuration. */
export function listSharedParameters(configuration: Configuration): readonly string[] {
  return Object.keys(sharedParameters(configuration, undefined));
}

/** Paths with a wildcard apart, as their segments: the policies compare those with the segments of a change. */
function bindRule({ paths, ...rule }: OperatorRule) {
  if (paths === undefined) return rule;
  const patterns = paths.flatMap((path) => {
    const parsed = parseFieldPattern(path);
    return parsed.ok && parsed.segments !== undefined ? [parsed.segments] : [];
  });
  return { ...rule, paths, ...(patterns.length > 0 && { patterns }) };
}
