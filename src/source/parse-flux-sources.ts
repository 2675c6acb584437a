/**
 * Parses where the content of a Flux Kustomization or HelmRelease comes from. The object names a source; the source
 * has the artifact. Sources: fluxcd kustomize-controller, helm-controller and source-controller API references,
 * RFC-0005 (revisions), RFC-0012 (ExternalArtifact).
 */
import { z } from 'zod';
import { describeMalformed } from './describe-malformed.ts';
import { parseGitHint, uniqueHints } from './parse-revision.ts';
import type { RevisionHint, SourceHint } from './revision-hint.ts';

const text = z.string().nullish();

const reference = z.looseObject({ kind: z.string(), name: z.string(), namespace: text });

const applier = z.looseObject({
  kind: z.enum(['Kustomization', 'HelmRelease']),
  metadata: z.looseObject({ namespace: z.string(), deletionTimestamp: text }),
  spec: z.looseObject({
    path: text,
    sourceRef: reference.nullish(),
    chartRef: reference.nullish(),
    chart: z.looseObject({ spec: z.looseObject({ chart: text, sourceRef: reference }) }).nullish(),
  }),
  status: z
    .looseObject({
      lastAttemptedRevision: text,
      lastAppliedRevision: text,
      lastAppliedOriginRevision: text,
    })
    .nullish(),
});

/** The kinds of sources; one that is not in the list is unknown to this version. */
const SOURCE_KINDS = [
  'GitRepository',
  'OCIRepository',
  'Bucket',
  'HelmRepository',
  'HelmChart',
  'ExternalArtifact',
] as const;

export type FluxSourceKind = (typeof SOURCE_KINDS)[number];

export interface FluxSourceReference {
  readonly kind: FluxSourceKind;
  readonly namespace: string;
  readonly name: string;
}

/** A Kustomization or HelmRelease: which source it follows, and what its status says was applied from it. */
export interface FluxApplier {
  readonly source: FluxSourceReference;
  /** The folder of the manifests, or the chart. */
  readonly path: string;
  readonly hints: readonly RevisionHint[];
  /** It is being deleted, and with it what it applied. */
  readonly isDeleting?: true | undefined;
  /** The commit that the maker of an OCI artifact names. */
  readonly origin?: RevisionHint | undefined;
}

export type Parsed<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

/** Parses a Kustomization or HelmRelease. */
export function parseFluxApplier(object: unknown): Parsed<FluxApplier> {
  const parsed = applier.safeParse(object);
  if (!parsed.success) {
    return { ok: false, reason: describeMalformed('the Flux object', parsed.error) };
  }
  const { spec, status, metadata } = parsed.data;
  const chart = spec.chart?.spec;
  const named = spec.sourceRef ?? spec.chartRef ?? chart?.sourceRef;
  if (!named) return { ok: false, reason: 'the Flux object names no source' };
  const kind = SOURCE_KINDS.find((each) => each === named.kind);
  if (kind === undefined) {
    return {
      ok: false,
      reason: `the Flux object names a source of the unknown kind "${named.kind}"`,
    };
  }
  const origin = parseGitHint(status?.lastAppliedOriginRevision, 'origin');
  return {
    ok: true,
    value: {
      source: { kind, namespace: named.namespace ?? metadata.namespace, name: named.name },
      path: chart?.chart ?? spec.path ?? '',
      hints: hintsOf(status?.lastAttemptedRevision, status?.lastAppliedRevision),
      ...(metadata.deletionTimestamp && { isDeleting: true }),
      ...(origin !== undefined && { origin }),
    },
  };
}

function hintsOf(
  attempted: string | null | undefined,
  applied: string | null | undefined,
): readonly RevisionHint[] {
  const attempt = parseGitHint(attempted, 'last-attempt');
  const apply = parseGitHint(applied, 'last-apply');
  const isApplied = attempt !== undefined && attempt.claimedObjectId === apply?.claimedObjectId;
  return uniqueHints([isApplied ? { ...attempt, isApplied } : attempt, apply]);
}

const artifact = z.looseObject({
  revision: text,
  metadata: z.record(z.string(), z.string()).nullish(),
});

const fluxSource = z.looseObject({
  kind: z.enum(SOURCE_KINDS),
  metadata: z.looseObject({ namespace: z.string() }),
  spec: z.looseObject({
    url: text,
    chart: text,
    endpoint: text,
    secretRef: z.looseObject({ name: z.string() }).nullish(),
    ref: z
      .looseObject({ branch: text, tag: text, semver: text, name: text, commit: text })
      .nullish(),
    sourceRef: reference.nullish(),
  }),
  status: z
    .looseObject({
      artifact: artifact.nullish(),
      observedSourceArtifactRevision: text,
    })
    .nullish(),
});

type FluxSource = z.infer<typeof fluxSource>;

export type FluxSourceState =
  | {
      readonly kind: 'source';
      readonly source: SourceHint;
      /** The Secret in the namespace of the source that has its credential. */
      readonly secretName?: string | undefined;
    }
  /** A HelmChart has a source of its own; it says which revision of it the chart was packed from. */
  | { readonly kind: 'next'; readonly applier: FluxApplier };

/** Parses the source that an object follows. */
export function parseFluxSource(object: unknown, follower: FluxApplier): Parsed<FluxSourceState> {
  const parsed = fluxSource.safeParse(object);
  if (!parsed.success) {
    return { ok: false, reason: describeMalformed('the Flux source', parsed.error) };
  }
  const { kind, spec } = parsed.data;
  const repository = spec.url ?? spec.endpoint ?? '';
  switch (kind) {
    case 'GitRepository':
      return known(gitSource(parsed.data, repository, follower), parsed.data);
    case 'OCIRepository': {
      const origin = follower.origin ?? originOf(parsed.data);
      return known({ kind: 'no-commit', repository, reason: 'oci', origin }, parsed.data);
    }
    case 'Bucket':
      return known({ kind: 'no-commit', repository, reason: 'bucket' }, parsed.data);
    case 'HelmRepository':
      return known({ kind: 'no-commit', repository, reason: 'helm-repository' }, parsed.data);
    // An ArtifactGenerator copies from several sources into one artifact.
    case 'ExternalArtifact':
      return known({ kind: 'no-commit', repository, reason: 'composed' }, parsed.data);
    case 'HelmChart':
      return chartSource(parsed.data, follower);
  }
}

function known(source: SourceHint, { spec }: FluxSource): Parsed<FluxSourceState> {
  return { ok: true, value: { kind: 'source', source, secretName: spec.secretRef?.name } };
}

function gitSource(
  { spec, status }: FluxSource,
  repository: string,
  follower: FluxApplier,
): SourceHint {
  const { ref } = spec;
  // Source: GitRepository "Reference": without one, Flux follows the branch master.
  const tracked = ref?.name || ref?.semver || ref?.tag || ref?.branch || ref?.commit || 'master';
  const current = parseGitHint(status?.artifact?.revision, 'artifact');
  // The controller writes the attempted revision before it applies the first object; the artifact may be newer already.
  const attempts = follower.hints.filter(({ claimedBy }) => claimedBy === 'last-attempt');
  const hints = uniqueHints([...attempts, current, ...follower.hints]);
  return { kind: 'commit', repository, tracked, path: follower.path, role: 'source', hints };
}

/** Source: OCI image-spec annotations, `org.opencontainers.image.revision`. */
function originOf({ status }: FluxSource): RevisionHint | undefined {
  return parseGitHint(status?.artifact?.metadata?.['org.opencontainers.image.revision'], 'origin');
}

function chartSource(
  { metadata, spec, status }: FluxSource,
  follower: FluxApplier,
): Parsed<FluxSourceState> {
  const kind = SOURCE_KINDS.find((each) => each === spec.sourceRef?.kind);
  if (!spec.sourceRef || kind === undefined || kind === 'HelmChart') {
    return { ok: false, reason: 'the HelmChart names no source that has charts' };
  }
  const source = { kind, namespace: metadata.namespace, name: spec.sourceRef.name };
  const hint = parseGitHint(status?.observedSourceArtifactRevision, 'artifact');
  const path = spec.chart ?? follower.path;
  return {
    ok: true,
    value: { kind: 'next', applier: { source, path, hints: uniqueHints([hint]) } },
  };
}
