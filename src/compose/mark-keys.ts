/** Labels and annotations that can say who owns an object: what the cache of the cluster must keep. */
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { OwnershipSettings } from '../ownership/settings.ts';
import { argocdMarks } from './argocd-marks.ts';

/** Everything that `ownership/find-mark.ts` reads, and what Helm says of its releases. */
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

/** All of them: the label of Argo CD's label tracking is whatever argocd-cm says, and selectors ask for any label. */
export function markKeys(
  { argocd, selectors }: Pick<OwnershipSettings, 'argocd' | 'selectors'>,
  live: ArgocdSettings | undefined,
): ReadonlySet<string> {
  const selected = selectors.flatMap(({ labels = {} }) => Object.keys(labels));
  return new Set([...MARK_KEYS, argocdMarks(argocd, live).instanceLabelKey, ...selected]);
}
