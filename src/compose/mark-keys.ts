/** Labels and annotations that can say who owns an object: what the cache of the cluster must keep. */

/** Everything that `ownership/find-mark.ts` reads, and what Helm says of its releases. */
const MARK_KEYS: ReadonlySet<string> = new Set([
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/installation-id',
  'kustomize.toolkit.fluxcd.io/name',
  'kustomize.toolkit.fluxcd.io/namespace',
  'helm.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/namespace',
  'app.kubernetes.io/managed-by',
  'meta.helm.sh/release-name',
  'meta.helm.sh/release-namespace',
]);

/** The label of Argo CD's label tracking is whatever argocd-cm says. */
export function isMarkKey(key: string, instanceLabelKey: string): boolean {
  return key === instanceLabelKey || MARK_KEYS.has(key);
}
