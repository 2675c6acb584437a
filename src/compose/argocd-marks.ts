/**
 * Argo CD's tracking settings: from the configuration, else from argocd-cm, else Argo CD's defaults; and the labels and
 * annotations that can therefore be marks.
 */
import { parseArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { OwnershipSettings } from '../ownership/settings.ts';

/** The options of the mark finder, complete. */
export interface ArgocdMarks extends ArgocdSettings {
  readonly namespace: string;
}

/** The part of the configuration that says how Argo CD marks. */
type TrackingSettings = Pick<
  OwnershipSettings['argocd'],
  'namespace' | 'trackingMethod' | 'instanceLabelKey' | 'installationId'
>;

/** `live` is absent if argocd-cm has not been read, or cannot be. */
export function argocdMarks(
  { namespace, trackingMethod, instanceLabelKey, installationId }: TrackingSettings,
  live: ArgocdSettings | undefined,
): ArgocdMarks {
  const settings = live ?? parseArgocdSettings(undefined);
  return {
    namespace,
    trackingMethod: trackingMethod ?? settings.trackingMethod,
    instanceLabelKey: instanceLabelKey ?? settings.instanceLabelKey,
    installationId: installationId ?? settings.installationId,
  };
}

/** Everything that `ownership/find-mark.ts` reads, and the marks of Helm releases. */
const MARK_KEYS: readonly string[] = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/installation-id',
  'kustomize.toolkit.fluxcd.io/name',
  'kustomize.toolkit.fluxcd.io/namespace',
  'helm.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/namespace',
  'app.kubernetes.io/managed-by',
  'meta.helm.sh/release-name',
  'meta.helm.sh/release-namespace',
];

/**
 * The labels that the cache must keep: argocd-cm can name any label for tracking, and selectors can use any
 * label.
 */
export function markKeys(
  {
    argocd,
    selectors,
  }: { readonly argocd: TrackingSettings; readonly selectors: OwnershipSettings['selectors'] },
  live: ArgocdSettings | undefined,
): ReadonlySet<string> {
  const selected = selectors.flatMap(({ labels = {} }) => Object.keys(labels));
  return new Set([...MARK_KEYS, argocdMarks(argocd, live).instanceLabelKey, ...selected]);
}
