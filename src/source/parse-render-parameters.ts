/**
 * The parameters with which Argo CD renders a source: `directory`, `kustomize` and `helm` of an Application's source, merged with the
 * files `.argocd-source.yaml` and `.argocd-source-<application>.yaml` of the repository.
 * Sources: argo-cd pkg/apis/application/v1alpha1 types.go; reposerver/repository mergeSourceParameters.
 */
import { z } from 'zod';
import { isRecord } from '../base/is-record.ts';

const directory = z.looseObject({
  recurse: z.boolean().default(false),
  include: z.string().default(''),
  exclude: z.string().default(''),
});

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const list = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const kustomize = z.looseObject({
  namePrefix: text,
  nameSuffix: text,
  namespace: text,
  images: list,
  replicas: z
    .array(
      z.looseObject({
        name: z.string(),
        count: z.union([z.int(), z.string().regex(/^\d{1,9}$/u)]),
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
  commonLabels: texts,
  forceCommonLabels: flag,
  labelWithoutSelector: flag,
  labelIncludeTemplates: flag,
  commonAnnotations: texts,
  forceCommonAnnotations: flag,
  commonAnnotationsEnvsubst: flag,
  patches: z
    .array(z.record(z.string(), z.unknown()))
    .nullish()
    .transform((value) => value ?? []),
  components: list,
  ignoreMissingComponents: flag,
  version: text,
});

const helm = z.looseObject({
  releaseName: text,
  namespace: text,
  values: text,
  valuesObject: z.record(z.string(), z.unknown()).nullish(),
  valueFiles: list,
  ignoreMissingValueFiles: flag,
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        value: z.string().default(''),
        forceString: z.boolean().default(false),
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
  fileParameters: z
    .array(z.looseObject({ name: z.string(), path: z.string() }))
    .nullish()
    .transform((value) => value ?? []),
  kubeVersion: text,
  apiVersions: list,
  skipCrds: flag,
  skipTests: flag,
  skipSchemaValidation: flag,
});

const source = z.looseObject({
  directory: directory.nullish(),
  kustomize: kustomize.nullish(),
  helm: helm.nullish(),
  plugin: z.unknown().optional(),
});

export type DirectoryParameters = z.output<typeof directory>;
export type KustomizeParameters = z.output<typeof kustomize>;
export type HelmParameters = z.output<typeof helm>;

/** Defaults where the source has none. */
export const NO_DIRECTORY: DirectoryParameters = directory.parse({});
/** The same for a kustomization. */
export const NO_KUSTOMIZE: KustomizeParameters = kustomize.parse({});
/** The same for a chart. */
export const NO_HELM: HelmParameters = helm.parse({});

export interface RenderParameters {
  /** What the source says of itself; `undefined` if the files of the folder decide. */
  readonly type: 'directory' | 'kustomize' | 'helm' | 'plugin' | undefined;
  readonly directory: DirectoryParameters;
  readonly kustomize: KustomizeParameters;
  readonly helm: HelmParameters;
}

export type ParsedParameters =
  | { readonly ok: true; readonly parameters: RenderParameters }
  | { readonly ok: false; readonly reason: string };

/**
 * @param value `spec.source`, or one of `spec.sources`.
 * @param overrides the files of the repository, in the order in which they are merged.
 */
export function parseRenderParameters(
  value: unknown,
  overrides: readonly unknown[] = [],
): ParsedParameters {
  const merged = overrides.reduce(mergePatch, value ?? {});
  const parsed = source.safeParse(merged);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => `"${path.join('.')}"`);
    return { ok: false, reason: `the source is malformed in ${fields.join(', ')}` };
  }
  const named = (['kustomize', 'helm', 'directory', 'plugin'] as const).filter((type) =>
    isRecord(parsed.data[type]),
  );
  if (named.length > 1) {
    return { ok: false, reason: `the source has several types: ${named.join(', ')}` };
  }
  return {
    ok: true,
    parameters: {
      type: named[0],
      directory: parsed.data.directory ?? NO_DIRECTORY,
      kustomize: parsed.data.kustomize ?? NO_KUSTOMIZE,
      helm: parsed.data.helm ?? NO_HELM,
    },
  };
}

/** RFC 7396. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = new Map(Object.entries(isRecord(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
