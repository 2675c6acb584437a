/**
 * How Flux renders a Kustomization, in the parameters that Argo CD has for the same. What has no counterpart there is not compared.
 * Sources: fluxcd kustomize-controller API v1 (Kustomization), fluxcd/pkg kustomize Generator, source-controller API v1 (GitRepository).
 */
import { z } from 'zod';
import type { Fields } from './type-schema.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const anyList = z
  .array(z.record(z.string(), z.unknown()))
  .nullish()
  .transform((value) => value ?? []);

const kustomization = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({
    targetNamespace: text,
    namePrefix: text,
    nameSuffix: text,
    patches: anyList,
    images: z
      .array(z.looseObject({ name: z.string(), newName: text, newTag: text, digest: text }))
      .nullish()
      .transform((value) => value ?? []),
    components: z
      .array(z.string())
      .nullish()
      .transform((value) => value ?? []),
    postBuild: z.record(z.string(), z.unknown()).nullish(),
    decryption: z.record(z.string(), z.unknown()).nullish(),
    commonMetadata: z.record(z.string(), z.unknown()).nullish(),
    // Older than patches, and of other kinds.
    patchesStrategicMerge: z.array(z.unknown()).nullish(),
    patchesJson6902: z.array(z.unknown()).nullish(),
    ignoreMissingComponents: z.boolean().nullish(),
    buildMetadata: z.array(z.unknown()).nullish(),
  }),
});

const repository = z.looseObject({
  spec: z.looseObject({
    ignore: z.string().nullish(),
    include: z.array(z.unknown()).nullish(),
    sparseCheckout: z.array(z.unknown()).nullish(),
    recurseSubmodules: z.boolean().nullish(),
  }),
});

export interface FluxRendering {
  readonly name: string;
  readonly namespace: string;
  /** Of manifests that name none. */
  readonly destination: string;
  /** As the source of an Application. */
  readonly source: Fields;
}

export type ParsedFluxRendering =
  | { readonly ok: true; readonly rendering: FluxRendering }
  | { readonly ok: false; readonly reason: string };

/** Fields that change what is applied, and that nothing here does. */
const UNRENDERED = [
  'postBuild',
  'decryption',
  'commonMetadata',
  'patchesStrategicMerge',
  'patchesJson6902',
  'buildMetadata',
] as const;

/** @param source the GitRepository that it follows. */
export function parseFluxRendering(applier: unknown, source: unknown): ParsedFluxRendering {
  const parsed = kustomization.safeParse(applier);
  if (!parsed.success) return { ok: false, reason: 'the Kustomization of Flux is malformed' };
  const { kind, metadata, spec } = parsed.data;
  if (kind !== 'Kustomization') return { ok: false, reason: `a ${kind} of Flux is not rendered` };
  const unrendered = UNRENDERED.find((field) => isGiven(spec[field]));
  if (unrendered !== undefined) {
    return { ok: false, reason: `spec.${unrendered} of the Kustomization is not rendered` };
  }
  const followed = repository.safeParse(source);
  if (!followed.success) return { ok: false, reason: 'the GitRepository of Flux is malformed' };
  const { ignore, include, sparseCheckout } = followed.data.spec;
  if (ignore) return { ok: false, reason: 'the GitRepository ignores files (spec.ignore)' };
  if (isGiven(include) || isGiven(sparseCheckout)) {
    return { ok: false, reason: 'the GitRepository is composed of several (spec.include)' };
  }
  const { name, namespace } = metadata;
  const destination = spec.targetNamespace || 'default';
  return { ok: true, rendering: { name, namespace, destination, source: sourceOf(spec) } };
}

function isGiven(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

type Specification = z.infer<typeof kustomization>['spec'];

function sourceOf(spec: Specification): Fields {
  const { namePrefix, nameSuffix, targetNamespace: namespace, patches, components } = spec;
  const ignoreMissingComponents = spec.ignoreMissingComponents === true;
  const images = spec.images.map(formatImage);
  const changes = { namePrefix, nameSuffix, namespace, patches, components, images };
  const isChanged = Object.values(changes).some((value) => value.length > 0);
  return isChanged ? { kustomize: { ...changes, ignoreMissingComponents } } : {};
}

/** As `kustomize edit set image` takes it. */
function formatImage({ name, newName, newTag, digest }: Specification['images'][number]): string {
  const tag = newTag === '' ? '' : `:${newTag}`;
  return `${name}=${newName}${tag}${digest === '' ? '' : `@${digest}`}`;
}
