/**
 * Parses which version of its Git sources an Application, a Kustomization or a HelmRelease is applying and has applied, and whether it
 * is healthy there. All of it is said by the status, that is by whoever may write it.
 *
 * Sources: argo-cd pkg/apis/application/v1alpha1 types.go (HealthStatus, SyncStatus, OperationState); fluxcd pkg/apis/meta (Ready),
 * kustomize-controller and helm-controller API references.
 */
import { z } from 'zod';
import type { ApplicationName } from '../commits/deployed-commits.ts';
import { parseApplicationSources } from '../parse-application-sources.ts';
import { parseFluxApplier } from '../parse-flux-sources.ts';
import { claimsApplied, type RevisionHint, type SourceHint } from '../revision-hint.ts';

export interface DeployedVersion {
  /** What is written now, also by a sync of some objects or a dry run. Absent where no commit is named. */
  readonly written?: string | undefined;
  /** What is being applied as a whole, or was. */
  readonly brought?: string | undefined;
  /** What was applied as a whole by the last operation. */
  readonly applied?: string | undefined;
  /** Whether the controller calls what was applied healthy, with nothing to sync and nothing running. */
  readonly isHealthy: boolean;
  /** As it is written in the object; absent unless there is exactly one Git source. */
  readonly repository?: string | undefined;
  /** It is being deleted, and with it what it applied. */
  readonly isDeleting: boolean;
}

const operation = z
  .looseObject({
    sync: z
      .looseObject({ dryRun: z.boolean().nullish(), resources: z.array(z.unknown()).nullish() })
      .nullish(),
  })
  .nullish();

const application = z.looseObject({
  metadata: z.looseObject({ deletionTimestamp: z.string().nullish() }),
  operation,
  status: z
    .looseObject({
      health: z.looseObject({ status: z.string().nullish() }).nullish(),
      sync: z.looseObject({ status: z.string().nullish() }).nullish(),
      operationState: z.looseObject({ phase: z.string().nullish(), operation }).nullish(),
    })
    .nullish(),
});

const fluxStatus = z.looseObject({
  metadata: z.looseObject({ generation: z.number().nullish() }),
  status: z
    .looseObject({
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            status: z.string(),
            observedGeneration: z.number().nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

/** `undefined` where the object has another form. */
export function parseDeployedVersion(
  kind: ApplicationName['kind'],
  object: unknown,
): DeployedVersion | undefined {
  return kind === 'Application' ? parseArgocd(object) : parseFlux(object);
}

function parseArgocd(object: unknown): DeployedVersion | undefined {
  const sources = parseApplicationSources(object);
  const parsed = application.safeParse(object);
  if (!sources.ok || !parsed.success) return undefined;
  const commits = sources.value.sources.filter(isVersioned);
  const { metadata, operation: requested, status } = parsed.data;
  const state = status?.operationState;
  const isRunning = state?.phase === 'Running' || state?.phase === 'Terminating';
  const running = requested ?? (isRunning ? state?.operation : undefined);
  const isPartial = running?.sync?.dryRun === true || Boolean(running?.sync?.resources?.length);
  const written = joinRevisions(commits, findWritten);
  const applied = joinRevisions(commits, ({ hints }) => hints.find(claimsApplied));
  const isBrought = (isRunning || Boolean(requested)) && !isPartial;
  const brought = isBrought ? written : applied;
  const isCompared = commits.every(({ hints }) => hints.every(isCurrent));
  return {
    ...(written !== undefined && { written }),
    ...(brought !== undefined && { brought }),
    ...(applied !== undefined && { applied }),
    isHealthy:
      applied !== undefined &&
      !isRunning &&
      !requested &&
      isCompared &&
      status?.health?.status === 'Healthy' &&
      status.sync?.status === 'Synced',
    ...repositoryOf(commits),
    isDeleting: Boolean(metadata.deletionTimestamp),
  };
}

type CommitSource = Extract<SourceHint, { readonly kind: 'commit' }>;

/** What is rendered from a dry source is in the hydrated one. */
function isVersioned(source: SourceHint): source is CommitSource {
  return source.kind === 'commit' && source.role !== 'dry';
}

/** An operation that names no commit applies the tip of a branch: what was compared last is the tip, as far as the status knows. */
function findWritten({ hints, tipOf }: CommitSource): RevisionHint | undefined {
  if (tipOf === undefined) return hints[0];
  return hints.find(({ claimedBy }) => claimedBy === 'comparison') ?? hints[0];
}

/** Another commit was compared than the one that was applied: it is healthy, and not at that commit. */
function isCurrent({ claimedBy }: RevisionHint): boolean {
  return claimedBy !== 'comparison';
}

function joinRevisions(
  sources: readonly CommitSource[],
  choose: (source: CommitSource) => RevisionHint | undefined,
): string | undefined {
  const revisions = sources.map((source) => choose(source)?.claimedObjectId);
  return revisions.length > 0 && revisions.every((revision) => revision !== undefined)
    ? revisions.join('+')
    : undefined;
}

function repositoryOf(sources: readonly CommitSource[]): Pick<DeployedVersion, 'repository'> {
  const [first] = sources;
  return first !== undefined && sources.length === 1 ? { repository: first.repository } : {};
}

function parseFlux(object: unknown): DeployedVersion | undefined {
  const applier = parseFluxApplier(object);
  const parsed = fluxStatus.safeParse(object);
  if (!applier.ok || !parsed.success) return undefined;
  const { hints, isDeleting = false } = applier.value;
  const written = hints[0]?.claimedObjectId;
  const applied = hints.find(claimsApplied)?.claimedObjectId;
  const { metadata, status } = parsed.data;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  // A condition of an earlier specification says nothing about this one.
  const isReady = ready?.status === 'True' && ready.observedGeneration === metadata.generation;
  return {
    ...(written !== undefined && { written, brought: written }),
    ...(applied !== undefined && { applied }),
    isHealthy: isReady && applied !== undefined && applied === written,
    isDeleting,
  };
}
