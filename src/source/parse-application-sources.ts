/**
 * Parses where the content of an Argo CD Application comes from: its sources and the revisions that its status claims.
 *
 * The revision of a running operation comes first, as its objects are being written now; else that of the last one.
 * `status.sync` is what was compared, not what is deployed, and comes last. Source: argo-cd
 * pkg/apis/application/v1alpha1 types.go (GetSource, GetSources, HydrateOperation), controller/appcontroller.go.
 */
import { z } from 'zod';
import { describeMalformed } from './describe-malformed.ts';
import { parseGitHint, uniqueHints } from './parse-revision.ts';
import type { Hydration, RevisionClaimant, RevisionHint, SourceHint } from './revision-hint.ts';

const text = z.string().nullish();

const source = z.looseObject({
  repoURL: z.string().default(''),
  path: text,
  chart: text,
  targetRevision: text,
});

/** What an operation was asked for, or what came of it. */
const sync = z.looseObject({
  revision: text,
  revisions: z.array(z.string()).nullish(),
  source: source.nullish(),
  sources: z.array(source).nullish(),
  dryRun: z.boolean().nullish(),
  resources: z.array(z.unknown()).nullish(),
});

const operation = z.looseObject({ sync: sync.nullish() });

const revisionsSchema = z.looseObject({ revision: text, revisions: z.array(z.string()).nullish() });

const hydrated = z.looseObject({ drySHA: text, hydratedSHA: text });

const hydrator = z.looseObject({
  drySource: z.looseObject({ repoURL: z.string().default(''), path: text, targetRevision: text }),
  syncSource: z.looseObject({ repoURL: text, targetBranch: text, path: text }),
});

const application = z.looseObject({
  metadata: z
    .looseObject({
      namespace: text,
      annotations: z.record(z.string(), z.unknown()).nullish(),
      ownerReferences: z.array(z.looseObject({ kind: text, name: text })).nullish(),
    })
    .nullish(),
  spec: z.looseObject({
    project: text,
    source: source.nullish(),
    sources: z.array(source).nullish(),
    sourceHydrator: hydrator.nullish(),
  }),
  operation: operation.nullish(),
  status: z
    .looseObject({
      sync: revisionsSchema.nullish(),
      history: z.array(revisionsSchema).nullish(),
      operationState: z
        .looseObject({
          phase: text,
          startedAt: text,
          retryCount: z.number().nullish(),
          operation: operation.nullish(),
          syncResult: sync.nullish(),
        })
        .nullish(),
      sourceHydrator: z
        .looseObject({
          currentOperation: hydrated.nullish(),
          lastSuccessfulOperation: hydrated.nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

type Application = z.infer<typeof application>;
type Source = z.infer<typeof source>;
type Sync = z.infer<typeof sync>;

/** Who wrote the Application itself: another application (app of apps), or an ApplicationSet. */
export interface ApplicationParent {
  readonly kind: 'Application' | 'ApplicationSet';
  readonly name: string;
  /** Absent: the namespace of Argo CD, or of the Application itself. */
  readonly namespace?: string | undefined;
}

export interface ApplicationSources {
  /** The AppProject, whose credentials the application may use. */
  readonly project: string;
  readonly sources: readonly SourceHint[];
  /** Whose commits decide what this Application says. */
  readonly parents: readonly ApplicationParent[];
  /** The operation that runs, by its start and its attempt; absent if none does. */
  readonly operationId?: string | undefined;
}

export type ParsedApplicationSources =
  | { readonly ok: true; readonly value: ApplicationSources }
  | { readonly ok: false; readonly reason: string };

/** Parses an Application; every other field is ignored. */
export function parseApplicationSources(object: unknown): ParsedApplicationSources {
  const parsed = application.safeParse(object);
  if (!parsed.success) {
    return { ok: false, reason: describeMalformed('the Application', parsed.error) };
  }
  const { spec } = parsed.data;
  const sources = spec.sourceHydrator
    ? hydratorSources(parsed.data, spec.sourceHydrator)
    : plainSources(parsed.data);
  const project = spec.project ?? 'default';
  const operationId = operationIdOf(parsed.data);
  return {
    ok: true,
    value: {
      project,
      sources,
      parents: parentsOf(parsed.data),
      ...(operationId !== undefined && { operationId }),
    },
  };
}

/** A new attempt may apply another commit (`retry.refresh`). */
function operationIdOf({ status }: Application): string | undefined {
  const state = status?.operationState;
  if (!isRunning(state) || !state?.startedAt) return undefined;
  return `${state.startedAt} ${state.retryCount ?? 0}`;
}

type OperationState = NonNullable<Application['status']>['operationState'];

function isRunning(state: OperationState): boolean {
  return state?.phase === 'Running' || state?.phase === 'Terminating';
}

/** A statement of the status about revisions: by an operation, or by the comparison. */
interface Claim {
  readonly by: RevisionClaimant;
  readonly revisions: readonly (string | undefined)[];
}

/**
 * The operation that runs, or is about to. The controller writes its state as a merge patch, so that the copy in the status keeps
 * fields of the operation before it (`revision`, `source`, `syncResult`); the request itself stays until the operation has ended.
 */
function operationInForce({ operation: requested, status }: Application): Application['operation'] {
  const state = status?.operationState;
  return requested ?? (isRunning(state) ? state?.operation : undefined);
}

function claimsOf(parsed: Application): readonly Claim[] {
  const { status } = parsed;
  const state = status?.operationState;
  const result = claim(claimantOf(status), state?.syncResult);
  const asked = claim('running-operation', operationInForce(parsed)?.sync);
  return [...asked, ...result, ...claim('comparison', status?.sync)];
}

function claimantOf(status: Application['status']): RevisionClaimant {
  const state = status?.operationState;
  if (isRunning(state)) return 'running-operation';
  return state?.phase === 'Succeeded' && isWhole(status)
    ? 'last-operation'
    : 'unfinished-operation';
}

/**
 * The controller adds to the history what was applied as a whole, and neither dry runs nor syncs of chosen objects. The copy of the
 * operation may still say so of an earlier one: it counts only where no history is kept (`revisionHistoryLimit: 0`).
 * Source: argo-cd controller/state.go, controller/sync.go (persistRevisionHistory).
 */
function isWhole(status: Application['status']): boolean {
  const state = status?.operationState;
  const latest = status?.history?.at(-1);
  if (latest) {
    return revisionsOf(latest).join(' ') === revisionsOf(state?.syncResult ?? {}).join(' ');
  }
  const asked = state?.operation?.sync;
  return asked?.dryRun !== true && !asked?.resources?.length;
}

/**
 * Which branch or tag the running operation applies the tip of; `undefined` if it names its commit, or none runs. `kubectl` and the
 * ApplicationSet controller ask for operations that name none. What `syncResult` says may be of the operation before.
 */
function tipOf(
  parsed: Application,
  { index, tracked }: { readonly index: number; readonly tracked: string },
): string | undefined {
  const running = operationInForce(parsed);
  if (!running) return undefined;
  const [said] = claim('running-operation', running.sync);
  const named = said?.revisions[index];
  if (parseGitHint(named, 'running-operation') !== undefined) return undefined;
  return named || tracked;
}

function claim(
  by: RevisionClaimant,
  said: Pick<Sync, 'revision' | 'revisions'> | null | undefined,
): readonly Claim[] {
  return said ? [{ by, revisions: revisionsOf(said) }] : [];
}

/** A multi-source application leaves `revision` empty, and a single-source one `revisions`. */
function revisionsOf({
  revision,
  revisions: several,
}: Pick<Sync, 'revision' | 'revisions'>): readonly (string | undefined)[] {
  return several?.length ? several : [revision ?? undefined];
}

function hintsAt(claims: readonly Claim[], index: number): readonly RevisionHint[] {
  return uniqueHints(claims.map(({ by, revisions }) => parseGitHint(revisions[index], by)));
}

function plainSources(parsed: Application): readonly SourceHint[] {
  const claims = claimsOf(parsed);
  return sourcesInForce(parsed).map((each, index): SourceHint => {
    const repository = each.repoURL;
    if (repository.startsWith('oci://')) return { kind: 'no-commit', repository, reason: 'oci' };
    if (each.chart) return { kind: 'no-commit', repository, reason: 'helm-repository' };
    const tracked = each.targetRevision || 'HEAD';
    const tip = tipOf(parsed, { index, tracked });
    return {
      kind: 'commit',
      repository,
      tracked,
      path: each.path ?? '',
      role: 'source',
      hints: hintsAt(claims, index),
      ...(tip !== undefined && { tipOf: tip }),
    };
  });
}

/** An operation may bring sources of its own, as a rollback does; else those of the specification. */
function sourcesInForce(parsed: Application): readonly Source[] {
  return sourcesOf(operationInForce(parsed)?.sync) ?? sourcesOf(parsed.spec) ?? [];
}

function sourcesOf(
  place: Pick<Sync, 'source' | 'sources'> | null | undefined,
): readonly Source[] | undefined {
  if (place?.sources?.length) return place.sources;
  return place?.source ? [place.source] : undefined;
}

/** The branch that is synced, and the commit that it was rendered from: both are judged. */
function hydratorSources(
  parsed: Application,
  { drySource, syncSource }: z.infer<typeof hydrator>,
): readonly SourceHint[] {
  const hints = hintsAt(claimsOf(parsed), 0);
  const [current] = hints;
  const state = parsed.status?.sourceHydrator;
  const operations = [state?.lastSuccessfulOperation, state?.currentOperation];
  const hydrations = operations.flatMap((each): readonly Hydration[] => {
    const dry = parseGitHint(each?.drySHA, 'hydrator');
    return dry && each?.hydratedSHA ? [{ hydratedObjectId: each.hydratedSHA, dry }] : [];
  });
  const rendered = hydrations.find(
    ({ hydratedObjectId }) => hydratedObjectId === current?.claimedObjectId,
  );
  const tracked = syncSource.targetBranch || 'HEAD';
  const tip = tipOf(parsed, { index: 0, tracked });
  return [
    {
      kind: 'commit',
      repository: syncSource.repoURL || drySource.repoURL,
      tracked,
      path: syncSource.path ?? '',
      role: 'hydrated',
      hints,
      ...(tip !== undefined && { tipOf: tip }),
    },
    {
      kind: 'commit',
      repository: drySource.repoURL,
      tracked: drySource.targetRevision || 'HEAD',
      path: drySource.path ?? '',
      role: 'dry',
      hints: uniqueHints([rendered?.dry]),
      ...(hydrations.length > 0 && { hydrations }),
    },
  ];
}

/** Source: argo-cd util/argo/resource_tracking.go. An instance is `NAME`, or `NAMESPACE_NAME` outside of Argo CD's. */
function parentsOf({ metadata }: Application): readonly ApplicationParent[] {
  const sets = (metadata?.ownerReferences ?? [])
    .filter(({ kind }) => kind === 'ApplicationSet')
    .map(({ name }): ApplicationParent => ({
      kind: 'ApplicationSet',
      name: name ?? '',
      namespace: metadata?.namespace ?? undefined,
    }));
  const mark = metadata?.annotations?.['argocd.argoproj.io/tracking-id'];
  if (typeof mark !== 'string' || !mark.includes(':')) return sets;
  const instance = mark.slice(0, mark.indexOf(':'));
  const at = instance.indexOf('_');
  const parent: ApplicationParent =
    at < 0
      ? { kind: 'Application', name: instance }
      : {
          kind: 'Application',
          name: instance.slice(at + 1),
          namespace: instance.slice(0, at),
        };
  return [...sets, parent];
}
