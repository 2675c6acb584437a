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
  /** What is rendered: those of the running operation, as a rollback has them, else of the specification. */
  readonly sources: readonly Fields[];
  /** What the tool says it renders each source with (`Helm`, `Kustomize`, `Directory`, `Plugin`); empty before it has looked. */
  readonly sourceTypes: readonly string[];
  /** The running operation brings manifests itself: the tool renders nothing then, and names no type. */
  readonly bringsManifests: boolean;
  readonly ignoreDifferences: readonly IgnoreRow[];
  /** The namespace that Argo CD makes by itself, which is in no commit. */
  readonly createdNamespace: Fields | undefined;
}

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const source = z.record(z.string(), z.unknown());

const sourced = z.looseObject({ source: source.nullish(), sources: z.array(source).nullish() });
const operation = z
  .looseObject({ sync: sourced.extend({ manifests: z.array(z.unknown()).nullish() }).nullish() })
  .nullish();

const application = z.looseObject({
  apiVersion: z.string().startsWith('argoproj.io/'),
  kind: z.literal('Application'),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().default('argocd') }),
  spec: z.looseObject({
    project: z.string().default('default'),
    destination: z.looseObject({ namespace: z.string().default('') }).default({ namespace: '' }),
    source: source.nullish(),
    sources: z.array(source).nullish(),
    sourceHydrator: z
      .looseObject({ syncSource: source.nullish(), drySource: source.nullish() })
      .nullish(),
    ignoreDifferences: ignoreDifferencesSchema,
    syncPolicy: z
      .looseObject({
        syncOptions: z.array(z.string()).nullish(),
        managedNamespaceMetadata: z.looseObject({ labels: texts, annotations: texts }).nullish(),
      })
      .nullish(),
  }),
  operation,
  status: z
    .looseObject({
      sourceType: z.string().nullish(),
      sourceTypes: z.array(z.string()).nullish(),
      operationState: z.looseObject({ phase: z.string().nullish(), operation }).nullish(),
    })
    .nullish(),
});

type Application = z.infer<typeof application>;

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
      sources: sourcesOf(parsed.data),
      sourceTypes: sourceTypesOf(parsed.data),
      bringsManifests: (runningSync(parsed.data)?.manifests ?? []).length > 0,
      ignoreDifferences: spec.ignoreDifferences ?? [],
      createdNamespace: options.includes('CreateNamespace=true')
        ? namespaceOf(destination, spec.syncPolicy?.managedNamespaceMetadata)
        : undefined,
    },
  };
}

function runningSync({ operation: requested, status }: Application) {
  const state = status?.operationState;
  const isRunning = state?.phase === 'Running' || state?.phase === 'Terminating';
  return (isRunning ? state.operation : requested)?.sync;
}

function sourcesOf(parsed: Application): readonly Fields[] {
  const { spec } = parsed;
  const { sourceHydrator } = spec;
  // What is rendered is the branch that the hydrator writes: plain manifests.
  if (sourceHydrator) {
    const { repoURL } = sourceHydrator.drySource ?? {};
    return [{ repoURL, ...sourceHydrator.syncSource }];
  }
  return listOf(runningSync(parsed)) ?? listOf(spec) ?? [];
}

function listOf(place: z.infer<typeof sourced> | null | undefined): readonly Fields[] | undefined {
  if (place?.sources?.length) return place.sources;
  return place?.source ? [place.source] : undefined;
}

function sourceTypesOf({ status }: Application): readonly string[] {
  if (status?.sourceTypes?.length) return status.sourceTypes;
  return status?.sourceType ? [status.sourceType] : [];
}

function namespaceOf(
  name: string,
  managed: { readonly labels: Fields; readonly annotations: Fields } | null | undefined,
): Fields {
  const { labels = {}, annotations = {} } = managed ?? {};
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, annotations } };
}
