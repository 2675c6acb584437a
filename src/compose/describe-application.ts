/** From an application to its sources: which revisions its status claims, and whose credentials its repositories have. */
import type { ErrorCode } from '../errors.ts';
import type { ResourceKind } from '../kubernetes/client/format-api-path.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { LookedUp } from '../source/find-source.ts';
import type { ApplicationParent } from '../source/parse-application-sources.ts';
import {
  parseFluxApplier,
  parseFluxSource,
  type FluxApplier,
  type FluxSourceKind,
} from '../source/parse-flux-sources.ts';
import type { ApplicationReading } from '../source/read-application.ts';
import type { SourceHint } from '../source/revision-hint.ts';
import type { RepositoryAccess } from './repository-access.ts';

/** A source, and who has its credential. */
export interface OwnedSource {
  readonly source: SourceHint;
  readonly access: RepositoryAccess;
}

/** An application as it was read: an Application of Argo CD, or what Flux applies with the source that it follows. */
export type ReadApplication =
  | { readonly tool: 'argocd'; readonly application: ApplicationReading }
  | {
      readonly tool: 'flux';
      readonly applier: unknown;
      /** Absent for one that is being deleted: it is not asked for. */
      readonly source?: unknown;
    };

export type DescribedApplication =
  | {
      readonly status: 'described';
      readonly sources: readonly OwnedSource[];
      readonly parents: readonly ApplicationParent[];
      /** It is being deleted, and with it what it applied. Of Flux alone: it applies nothing any more. */
      readonly isDeleting?: true | undefined;
      /** The operation that runs: its start and its attempt; absent for Flux, and where none runs. */
      readonly operationId?: string | undefined;
      readonly read: ReadApplication;
    }
  | { readonly status: 'absent' | 'malformed'; readonly reason: string }
  | { readonly status: 'unavailable'; readonly code: ErrorCode; readonly reason: string };

type ReadReference = (reference: ObjectReference) => Promise<LookedUp>;

/** A HelmChart leads to its source, and no source leads further. */
const SOURCE_STEPS_MAX = 2;

const SOURCE_KINDS: Readonly<Record<FluxSourceKind, ResourceKind>> = {
  GitRepository: sourceKind('GitRepository', 'gitrepositories'),
  OCIRepository: sourceKind('OCIRepository', 'ocirepositories'),
  Bucket: sourceKind('Bucket', 'buckets'),
  HelmRepository: sourceKind('HelmRepository', 'helmrepositories'),
  HelmChart: sourceKind('HelmChart', 'helmcharts'),
  ExternalArtifact: sourceKind('ExternalArtifact', 'externalartifacts'),
};

function sourceKind(kind: string, resource: string): ResourceKind {
  return { group: 'source.toolkit.fluxcd.io', version: 'v1', resource, kind };
}

/** An Argo CD Application as it was read. */
export function describeArgocd(application: ApplicationReading): DescribedApplication {
  const parsed = application.sources;
  if (!parsed.ok) return { status: 'malformed', reason: parsed.reason };
  const { project, sources, parents, operationId } = parsed.value;
  const access = { tool: 'argocd', project } as const;
  return {
    status: 'described',
    parents,
    sources: sources.map((source) => ({ source, access })),
    read: { tool: 'argocd', application },
    ...(operationId !== undefined && { operationId }),
  };
}

/** A Flux Kustomization or HelmRelease as it was read; its source is read here. */
export async function describeFlux(
  object: unknown,
  readReference: ReadReference,
): Promise<DescribedApplication> {
  const parsed = parseFluxApplier(object);
  if (!parsed.ok) return { status: 'malformed', reason: parsed.reason };
  let applier: FluxApplier = parsed.value;
  // Its source may be gone already.
  if (applier.isDeleting) {
    const read = { tool: 'flux', applier: object } as const;
    return { status: 'described', parents: [], sources: [], isDeleting: true, read };
  }
  for (let step = 0; step < SOURCE_STEPS_MAX; step += 1) {
    const { kind, namespace, name } = applier.source;
    const found = await readReference({ ...SOURCE_KINDS[kind], namespace, name });
    if (found.status === 'absent') {
      return { status: 'absent', reason: `There is no ${kind} ${namespace}/${name}` };
    }
    if (found.status === 'unavailable') return found;
    const state = parseFluxSource(found.object, applier);
    if (!state.ok) return { status: 'malformed', reason: state.reason };
    if (state.value.kind === 'source') {
      const { source, secretName } = state.value;
      const secret = secretName === undefined ? undefined : { namespace, name: secretName };
      const access = { tool: 'flux', ...(secret !== undefined && { secret }) } as const;
      return {
        status: 'described',
        parents: [],
        sources: [{ source, access }],
        read: { tool: 'flux', applier: object, source: found.object },
      };
    }
    applier = state.value.applier;
  }
  return { status: 'malformed', reason: 'The HelmChart leads to no source' };
}
