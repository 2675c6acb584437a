/**
 * What an Argo CD Application says about the comparison of its objects with its commit. Source: argo-cd pkg/apis/application/v1alpha1
 * types.go.
 *
 * Whoever may change an Application can widen `ignoreDifferences`: the policies guard Applications for that reason.
 */
import { z } from 'zod';
import { ignoreDifferencesSchema } from './ignore-differences.ts';
import type { IgnoreRow } from './ignore-differences.ts';
import type { Fields } from './type-schema.ts';

export interface ComparisonParameters {
  readonly name: string;
  readonly namespace: string;
  readonly project: string;
  /** The destination namespace. */
  readonly destination: string;
  /** `spec.source`, or the first of `spec.sources`. */
  readonly source: Fields;
  readonly ignoreDifferences: readonly IgnoreRow[];
  /** The namespace that Argo CD makes by itself, which is in no commit. */
  readonly createdNamespace: Fields | undefined;
}

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const source = z.record(z.string(), z.unknown());

const application = z.looseObject({
  apiVersion: z.string().startsWith('argoproj.io/'),
  kind: z.literal('Application'),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().default('argocd') }),
  spec: z.looseObject({
    project: z.string().default('default'),
    destination: z.looseObject({ namespace: z.string().default('') }).default({ namespace: '' }),
    source: source.nullish(),
    sources: z.array(source).nullish(),
    ignoreDifferences: ignoreDifferencesSchema,
    syncPolicy: z
      .looseObject({
        syncOptions: z.array(z.string()).nullish(),
        managedNamespaceMetadata: z.looseObject({ labels: texts, annotations: texts }).nullish(),
      })
      .nullish(),
  }),
});

export type ParsedComparison =
  | { readonly ok: true; readonly parameters: ComparisonParameters }
  | { readonly ok: false; readonly reason: string };

/** Reads the fields above; every other field is ignored. */
export function parseComparisonParameters(value: unknown): ParsedComparison {
  const parsed = application.safeParse(value);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => `"${path.join('.')}"`);
    return { ok: false, reason: `it is no Application of Argo CD: look at ${fields.join(', ')}` };
  }
  const { metadata, spec } = parsed.data;
  const destination = spec.destination.namespace;
  const options = spec.syncPolicy?.syncOptions ?? [];
  return {
    ok: true,
    parameters: {
      name: metadata.name,
      namespace: metadata.namespace,
      project: spec.project,
      destination,
      source: spec.source ?? spec.sources?.[0] ?? {},
      ignoreDifferences: spec.ignoreDifferences ?? [],
      createdNamespace: options.includes('CreateNamespace=true')
        ? namespaceOf(destination, spec.syncPolicy?.managedNamespaceMetadata)
        : undefined,
    },
  };
}

function namespaceOf(
  name: string,
  managed: { readonly labels: Fields; readonly annotations: Fields } | null | undefined,
): Fields {
  const { labels = {}, annotations = {} } = managed ?? {};
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, annotations } };
}
