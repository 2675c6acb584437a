/** Which tool renders a folder. Source: argo-cd util/app/discovery Discover: what stands in the folder itself decides. */

/** A kustomization wins over a chart only if it comes later in the order of names, as Argo CD's walk does. */
export function detectSourceType(names: readonly string[]): 'helm' | 'kustomize' | 'directory' {
  let type: 'helm' | 'kustomize' | 'directory' = 'directory';
  for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
    if (name.endsWith('Chart.yaml')) type = 'helm';
    if (KUSTOMIZATIONS.has(name)) type = 'kustomize';
  }
  return type;
}

/** Names of the file of a kustomization. */
export const KUSTOMIZATIONS: ReadonlySet<string> = new Set([
  'Kustomization',
  'kustomization.yaml',
  'kustomization.yml',
]);
