/** Binds the judgement of commits to admission: the thread that judges, the verdicts, and the applications that are asked about. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { cacheFolder } from '../base/cache-folder.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { addMs, type Clock, type MonotonicMs } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import { formatResource, type ObjectReference } from '../kubernetes/object-reference.ts';
import { SECOND } from '../settings/limit.ts';
import {
  CommitVerdicts,
  formatVerdictKey,
  type NoVerdict,
} from '../source/commits/commit-verdicts.ts';
import type { DeployedCommits } from '../source/commits/deployed-commits.ts';
import {
  DeployedVerifier,
  type DeployedCheck,
  type DistrustedCommit,
  type LostTrust,
} from '../source/commits/deployed-verifier.ts';
import { VerdictMap } from '../source/commits/verdict-map.ts';
import type { CommitOrigin, JudgeCommits } from '../source/find-source.ts';
import type { RevisionClaimant } from '../source/revision-hint.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsIntake } from '../telemetry/metrics.ts';
import { applicationOf, referenceOf } from './application-name.ts';
import type { JudgedCommit } from './commit-judge.ts';
import { CommitSupervisor } from './commit-supervisor.ts';
import {
  describeArgocd,
  describeFlux,
  type DescribedApplication,
  type OwnedSource,
} from './describe-application.ts';
import { FollowedApplications } from './followed-applications.ts';
import { openKeptDeployed, type KeptDeployed } from './kept-deployed.ts';
import { RevisionChooser } from './revision-chooser.ts';
import { SourceJudge, type CommitKey } from './source-judge.ts';
import { questionOf, SourceSupplement, type SourceQuestion } from './source-supplement.ts';

export interface CommitDependencies {
  readonly lookup: Pick<ClusterLookup, 'lookupFresh'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsIntake;
  /** Whether there is a cluster whose applications can be watched. */
  readonly isLive: boolean;
  /** Called for each commit that is deployed and not trusted any more. */
  readonly onLost?: ((commit: DistrustedCommit<SourceQuestion>) => void) | undefined;
  /** The script of the thread, for tests. */
  readonly entry?: URL | undefined;
}

export interface BoundCommits {
  /** Absent where the configuration judges no commits. */
  readonly judgeCommits?: JudgeCommits | undefined;
}

const MS_PER_SECOND = 1000;
/** The API server waits for 30 seconds at most. */
const RETIRE_MS = 30 * SECOND;

/** One for each process. */
export class CommitBinder {
  readonly #dependencies: CommitDependencies;
  #running: Running | undefined;
  #deployed: DeployedBinding | undefined;
  /** Threads of earlier configurations that may still be asked. */
  readonly #retired = new Set<Running>();
  readonly #closing = new AbortController();

  constructor(dependencies: CommitDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Once per configuration. The first thread is tried again where it cannot start, as other policies must be served meanwhile;
   * afterwards, a configuration by which none can start is refused with a `HoldfastError`, and the one before stays in force.
   */
  async bind(configuration: Configuration): Promise<BoundCommits> {
    const before = this.#running;
    const { commits, promotions, mirrors, kubernetes, ownership } = configuration;
    if (!judgesCommits(configuration)) {
      this.#running = undefined;
      if (before !== undefined) void this.#retire(before);
      return {};
    }
    const fingerprint = canonicalJson({ commits, promotions, mirrors, kubernetes, ownership });
    if (before?.fingerprint === fingerprint) return before.bound;
    this.#deployed ??= await this.#openDeployed(configuration);
    const { deployed } = this.#deployed.kept;
    const next = new Running(configuration, {
      ...this.#dependencies,
      fingerprint,
      deployed,
      onTrust: () => {
        if (this.#running === next) this.#verifyDeployed();
      },
    });
    await next.start(before === undefined);
    this.#running = next;
    this.#verifyDeployed();
    if (before !== undefined) void this.#retire(before);
    return next.bound;
  }

  /** What does not work until somebody intervenes; never a reason for being unready. */
  problem(): string | undefined {
    return this.#running?.problem();
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.#closing.abort();
    const all = [...this.#retired, ...(this.#running === undefined ? [] : [this.#running])];
    this.#deployed?.verifier.close();
    await Promise.all(all.map((running) => running.close()));
    await this.#deployed?.kept.close();
  }

  /** In the folder of the first configuration, for as long as the process runs. */
  async #openDeployed({ commits }: Configuration): Promise<DeployedBinding> {
    const { environment, logger, wait, metrics, onLost = () => undefined } = this.#dependencies;
    const folder = commits.folder ?? join(cacheFolder(environment), 'commits');
    const kept = await openKeptDeployed({ folder, logger, wait });
    const verifier = new DeployedVerifier<SourceQuestion>({
      deployed: kept.deployed,
      ask: async (commit) => (await this.#running?.verifyAgain(commit)) ?? NOT_RUNNING,
      onLost,
      onChecked: (outcome) =>
        metrics.increment('holdfast_deployed_commits_verified_total', { outcome }),
      wait,
      random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
    });
    return { kept, verifier };
  }

  /** Nobody waits for it, and it never rejects. */
  #verifyDeployed(): void {
    void this.#deployed?.verifier.verify();
  }

  /** Once no request can wait for it any more. */
  async #retire(running: Running): Promise<void> {
    this.#retired.add(running);
    await this.#dependencies.wait(RETIRE_MS, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    await running.close();
    this.#retired.delete(running);
  }
}

function judgesCommits({ commits, promotions }: Configuration): boolean {
  return commits.rules.length > 0 || commits.requireCommit || promotions.length > 0;
}

interface DeployedBinding {
  readonly kept: KeptDeployed;
  readonly verifier: DeployedVerifier<SourceQuestion>;
}

const RANDOM_STEPS = 2 ** 32;
/** The next configuration is there sooner, and verifies everything again by itself. */
const NOT_RUNNING_RETRY_MS = 5000;

const NOT_RUNNING: NoVerdict = {
  status: 'unavailable',
  reason: 'No commits are judged now',
  retryAfterMs: NOT_RUNNING_RETRY_MS,
};

interface RunningDependencies extends CommitDependencies {
  readonly fingerprint: string;
  readonly deployed: DeployedCommits<SourceQuestion>;
  readonly onTrust: () => void;
}

/** The parts of one configuration. */
class Running {
  readonly fingerprint: string;
  readonly bound: BoundCommits;
  readonly #dependencies: RunningDependencies;
  readonly #supervisor: CommitSupervisor;
  readonly #verdicts: CommitVerdicts<CommitKey, JudgedCommit>;
  readonly #judge: SourceJudge;
  readonly #configuration: Configuration;
  #client: ClusterClient | undefined;
  #followed: FollowedApplications | undefined;
  readonly #supplement: SourceSupplement;

  constructor(configuration: Configuration, dependencies: RunningDependencies) {
    const { clock, wait, metrics, environment, entry } = dependencies;
    const { rules, waitMs, verdictsMax, pendingMax, verdictAgeMsMax } = configuration.commits;
    this.fingerprint = dependencies.fingerprint;
    this.#dependencies = dependencies;
    this.#configuration = configuration;
    const store = new VerdictMap<JudgedCommit>(verdictsMax);
    const supervisor = new CommitSupervisor(
      {
        configuration,
        environment,
        entry,
        onTrust: () => {
          void this.#followed?.again();
          dependencies.onTrust();
        },
        onKept: (kept) => {
          for (const [key, verdict] of kept) store.set(key, { verdict, judgedAtMs: -Infinity });
        },
      },
      dependencies,
    );
    this.#supervisor = supervisor;
    this.#verdicts = new CommitVerdicts<CommitKey, JudgedCommit>({
      judge: async (key) => {
        const { question } = key;
        const asked = { kind: 'commit', key: formatVerdictKey(key), question } as const;
        const { kind, answer } = await supervisor.ask(asked);
        if (kind === 'commit' || kind === 'unanswered') return answer;
        throw new Error('The commit thread answered something else');
      },
      store,
      ageMsMax: verdictAgeMsMax,
      pendingMax,
      clock,
      wait,
      onJudged: (outcome, durationMs) => {
        metrics.increment('holdfast_commits_judged_total', { outcome });
        metrics.observe('holdfast_commit_judgement_duration_seconds', durationMs / MS_PER_SECOND);
        metrics.set('holdfast_commit_verdicts', store.size);
      },
    });
    const chooser = new RevisionChooser({ supervisor, clock, wait });
    const verdicts = this.#verdicts;
    this.#judge = new SourceJudge({ rules, waitMs, chooser, verdicts, supervisor, clock });
    this.#supplement = new SourceSupplement({ ...dependencies, configuration, supervisor });
    this.bound = {
      judgeCommits: (origin, deadlineAtMs) => this.#judgeCommits(origin, deadlineAtMs),
    };
  }

  async start(isRetried: boolean): Promise<void> {
    await (isRetried ? this.#supervisor.startOrRetry() : this.#supervisor.start());
    await this.#follow();
  }

  /** Applications are watched once the thread can be asked about them. */
  async #follow(): Promise<void> {
    const { isLive, clock, logger } = this.#dependencies;
    if (!isLive) return;
    const { kubeconfigFile, watch: limits } = this.#configuration.kubernetes;
    this.#client = await createClusterClient({
      kubeconfigFile,
      connectionsMax: FOLLOW_CONNECTIONS_MAX,
      clock,
    });
    if (this.#client === undefined) return;
    const prepare = (origin: CommitOrigin): Promise<void> => this.#prepare(origin);
    const client = this.#client;
    this.#followed = new FollowedApplications({ client, clock, logger, limits, prepare });
  }

  problem(): string | undefined {
    return this.#supervisor.problem();
  }

  async close(): Promise<void> {
    this.#verdicts.close();
    this.#supplement.close();
    await this.#followed?.close();
    this.#client?.close();
    await this.#supervisor.close();
  }

  /** Begins to judge what an application applies now or next; nobody waits for it. */
  async #prepare(origin: CommitOrigin): Promise<void> {
    const deadlineAtMs = addMs(this.#dependencies.clock.monotonicMs(), PREPARE_MS);
    const described = await this.#describe(origin, deadlineAtMs);
    if (described.status !== 'described') return;
    this.#judge.prepare(described);
    this.#prepareChanges(described.sources);
    await this.#noteApplied(origin.reference, described.sources);
  }

  /** After the verdict, which is to be there first; nobody waits for it. */
  #prepareChanges(sources: readonly OwnedSource[]): void {
    const endAtMs = addMs(this.#dependencies.clock.monotonicMs(), APPLIED_MS);
    for (const owned of sources) {
      const [hint] = owned.source.kind === 'commit' ? owned.source.hints : [];
      if (hint === undefined) continue;
      void this.#judge.judgeCommit(owned, hint.claimedObjectId, endAtMs).then((commit) => {
        this.#supplement.prepare({ commit, question: questionOf(owned) });
      });
    }
  }

  /** A sync that changed nothing wrote nothing: its commit is told by the status alone. */
  async #noteApplied(reference: ObjectReference, sources: readonly OwnedSource[]): Promise<void> {
    const application = applicationOf(reference);
    if (application === undefined) return;
    const endAtMs = addMs(this.#dependencies.clock.monotonicMs(), APPLIED_MS);
    const judged = await Promise.all(
      sources.flatMap((owned) => {
        const applied = findApplied(owned);
        if (applied === undefined) return [];
        return this.#judge.judgeCommit(owned, applied, endAtMs).then((commit) => {
          return { commit, question: questionOf(owned) };
        });
      }),
    );
    await this.#supplement.notePromoted(application, judged, endAtMs);
  }

  /** By the rules and keys of the moment. Never rejects. */
  async verifyAgain({
    application,
    objectId,
    question,
  }: DeployedCheck<SourceQuestion>): Promise<
    { readonly status: 'verified' } | LostTrust | NoVerdict
  > {
    const { access, ...source } = question;
    const { clock, lookup, deployed } = this.#dependencies;
    const endAtMs = addMs(clock.monotonicMs(), APPLIED_MS);
    const found = await lookup.lookupFresh(referenceOf(application), endAtMs);
    if (found.status === 'absent') {
      deployed.forget(application);
      return { status: 'verified' };
    }
    const owned = {
      source: { kind: 'commit', role: 'source', hints: [], ...source },
      access,
    } as const;
    const commit = await this.#judge.judgeCommit(owned, objectId, endAtMs);
    switch (commit.status) {
      case 'verified':
      case 'rejected':
        return commit;
      case 'unavailable':
        return { status: 'unavailable', reason: commit.reason, retryAfterMs: 0 };
      case 'unjudged':
        // No rule judges it any more: an operator took that back, and nobody a key.
        return { status: 'verified' };
    }
  }

  async #judgeCommits(origin: CommitOrigin, deadlineAtMs: MonotonicMs): ReturnType<JudgeCommits> {
    const described = await this.#describe(origin, deadlineAtMs);
    switch (described.status) {
      case 'described': {
        const application = { ...described, id: nameOf(origin.reference) };
        const judged = await this.#judge.judge(application, deadlineAtMs);
        const { reference } = origin;
        const { sources } = described;
        const commits = await this.#supplement.add(
          { reference, sources, commits: judged },
          deadlineAtMs,
        );
        const isDeleting = described.isDeleting === true;
        return { status: 'known', value: { commits, isDeleting } };
      }
      case 'absent':
        return { status: 'absent' };
      case 'malformed':
        return { status: 'unavailable', code: 'fact_unavailable', reason: described.reason };
      case 'unavailable':
        return described;
    }
  }

  async #describe(
    { reference, application }: CommitOrigin,
    deadlineAtMs: MonotonicMs,
  ): Promise<DescribedApplication> {
    if (reference.group === ARGOCD_GROUP) return describeArgocd(application);
    const { lookupFresh } = this.#dependencies.lookup;
    const found = await lookupFresh(reference, deadlineAtMs);
    switch (found.status) {
      case 'found':
        return await describeFlux(found.object, (next) => lookupFresh(next, deadlineAtMs));
      case 'absent':
        return { status: 'absent', reason: `There is no ${nameOf(reference)}` };
      case 'unavailable':
        return found;
    }
  }
}

const ARGOCD_GROUP = 'argoproj.io';
/** One watch each for what is followed, and one for lists. */
const FOLLOW_CONNECTIONS_MAX = 8;
/** Nobody waits; the API server answers in milliseconds. */
const PREPARE_MS = 10 * SECOND;
/** Nobody waits; a large history arrives in a minute. */
const APPLIED_MS = 60 * SECOND;
/** Fields of the status that name what was applied, and not what is compared or attempted. */
const APPLIED: ReadonlySet<RevisionClaimant> = new Set(['last-operation', 'last-apply']);

function findApplied({ source }: OwnedSource): string | undefined {
  const hints = source.kind === 'commit' ? source.hints : [];
  return hints.find(({ claimedBy }) => APPLIED.has(claimedBy))?.claimedObjectId;
}

function nameOf(reference: ObjectReference): string {
  return `${formatResource(reference)} ${reference.namespace ?? ''}/${reference.name}`;
}
