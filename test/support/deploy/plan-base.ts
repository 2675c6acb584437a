/** The files of deploy/base, made from what the chart renders. */
import type { RenderedDocument } from './render-chart.ts';

/** The values that differ from those of the chart: what a kustomization cannot choose is there. */
export const BASE_VALUES = ['--set', 'namespace.create=true', '--set', 'rbac.events=true'];

const WRITTEN_BY = '# Rendered from deploy/chart: npm run deploy:base\n';

export interface BaseFile {
  readonly name: string;
  readonly text: string;
}

/** The kustomization, its manifests and the example of the configuration. */
export function planBase(
  documents: readonly RenderedDocument[],
  configuration: string,
): readonly BaseFile[] {
  const byTemplate = Map.groupBy(
    documents.filter(({ template }) => template !== 'configuration.yaml'),
    ({ template }) => template,
  );
  const manifests = [...byTemplate].map(([name, parts]) => ({
    name,
    text: WRITTEN_BY + parts.map(({ text }) => withoutHelm(text)).join('---\n'),
  }));
  manifests.sort((one, other) => (one.name < other.name ? -1 : 1));
  return [
    ...manifests,
    { name: 'holdfast.yaml', text: WRITTEN_BY + configuration },
    { name: 'kustomization.yaml', text: formatKustomization(manifests.map(({ name }) => name)) },
  ];
}

/** Annotations that only helm reads, and the comment above them. */
function withoutHelm(text: string): string {
  return text.replace(/^ {2}annotations:\n(?: {4}#.*\n)? {4}helm\.sh\/.*\n/mu, '');
}

function formatKustomization(manifests: readonly string[]): string {
  return `# kubectl apply -k deploy/base        (first read docs/operations/install.md: a Secret with the certificate must exist)
${WRITTEN_BY}apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: holdfast-system
resources:
${manifests.map((name) => `  - ${name}\n`).join('')}configMapGenerator:
  - name: holdfast
    files:
      - holdfast.yaml
generatorOptions:
  # Holdfast reads its configuration again when the file changes; a new name for each content would restart it instead.
  disableNameSuffixHash: true
`;
}
