/** Binds the judgement of commits to admission: the thread that judges, the verdicts, and the applications that are asked about. */
import { canonicalJson } from '../base/canonical-json.ts';
import { addMs, type Clock, type MonotonicMs } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import { formatResource, type ObjectReference } from '../kubernetes/object-reference.ts';
import { SECOND } from '../settings/limit.ts';
import { CommitVerdicts, formatVerdictKey } from '../source/commits/commit-verdicts.ts';
import { VerdictMap } from '../source/commits/verdict-map.ts';
import type { CommitOrigin, JudgeCommits } from '../source/find-source.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsIntake } from '../telemetry/metrics.ts';
import { ManifestBinding, type ReadApplication } from './bind-manifests.ts';
import type { JudgedCommit } from './commit-judge.ts';
import { CommitSupervisor } from './commit-supervisor.ts';
import {
  describeArgocd,
  describeFlux,
  type DescribedApplication,
  type OwnedSource,
} from './describe-application.ts';
import { FollowedApplications } from './followed-applications.ts';
import { RevisionChooser } from './revision-chooser.ts';
import { SourceJudge, type CommitKey } from './source-judge.ts';

export interface CommitDependencies {
  readonly lookup: Pick<ClusterLookup, 'lookupFresh' | 'argocdSettings'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsIntake;
  /** Whether there is a cluster whose applications can be watched. */
  readonly isLive: boolean;
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
    const { commits, manifests, mirrors, kubernetes, ownership } = configuration;
    if (!judgesCommits(configuration)) {
      this.#running = undefined;
      if (before !== undefined) void this.#retire(before);
      return {};
    }
    const fingerprint = canonicalJson({ commits, manifests, mirrors, kubernetes, ownership });
    if (before?.fingerprint === fingerprint) return before.bound;
    const next = new Running(configuration, { ...this.#dependencies, fingerprint });
    await next.start(before === undefined);
    this.#running = next;
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
    await Promise.all(all.map((running) => running.close()));
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

function judgesCommits({ commits }: Configuration): boolean {
  return commits.rules.length > 0 || commits.requireCommit;
}

interface RunningDependencies extends CommitDependencies {
  readonly fingerprint: string;
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
  readonly #manifests: ManifestBinding;

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
        onTrust: () => void this.#followed?.again(),
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
    this.#manifests = new ManifestBinding(configuration, {
      supervisor,
      argocdSettings: dependencies.lookup.argocdSettings,
      clock,
      wait,
      metrics,
    });
    this.#judge = new SourceJudge({ rules, waitMs, chooser, verdicts, supervisor, clock });
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
    await this.#followed?.close();
    this.#client?.close();
    this.#manifests.close();
    await this.#supervisor.close();
  }

  /** Begins to judge what an application applies now or next; nobody waits for it. */
  async #prepare(origin: CommitOrigin): Promise<void> {
    const deadlineAtMs = addMs(this.#dependencies.clock.monotonicMs(), PREPARE_MS);
    const described = await this.#describe(origin, deadlineAtMs);
    if (described.status !== 'described') return;
    this.#judge.prepare(described);
    void this.#prepareManifests(origin, described);
  }

  /** Of each revision that the status claims, the most current one first. */
  async #prepareManifests(origin: CommitOrigin, described: Described): Promise<void> {
    const read = readOf(origin, described);
    const counts = described.sources.map(({ source }) =>
      source.kind === 'commit' ? source.hints.length : 0,
    );
    const claimed = Math.min(Math.max(0, ...counts), PREPARED_CLAIMS_MAX);
    for (let claim = 0; claim < claimed; claim += 1) {
      const sources = described.sources.map((owned) => claimedAt(owned, claim));
      const application = { ...described, sources, id: nameOf(origin.reference) };
      const deadlineAtMs = addMs(this.#dependencies.clock.monotonicMs(), PREPARE_MS);
      const commits = await this.#judge.judge(application, deadlineAtMs);
      await this.#manifests.prepare({ read, sources, commits });
    }
  }

  async #judgeCommits(origin: CommitOrigin, deadlineAtMs: MonotonicMs): ReturnType<JudgeCommits> {
    const described = await this.#describe(origin, deadlineAtMs);
    switch (described.status) {
      case 'described': {
        const application = { ...described, id: nameOf(origin.reference) };
        const commits = await this.#judge.judge(application, deadlineAtMs);
        const isDeleting = described.isDeleting === true;
        const read = readOf(origin, described);
        const { sources } = described;
        return {
          status: 'known',
          value: {
            commits,
            isDeleting,
            // What is being deleted is not applied any more.
            ...(!isDeleting && {
              compareManifest: (request: AdmissionRequest, endAtMs: MonotonicMs) =>
                this.#manifests.compare({ read, sources, commits, request }, endAtMs),
            }),
          },
        };
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

/** The source as if this were the only revision that the status claims. */
function claimedAt(owned: OwnedSource, claim: number): OwnedSource {
  if (owned.source.kind !== 'commit') return owned;
  const { tipOf: _tipOf, hints, ...source } = owned.source;
  return { ...owned, source: { ...source, hints: hints.slice(claim, claim + 1) } };
}

type Described = Extract<DescribedApplication, { readonly status: 'described' }>;

function readOf({ reference, application }: CommitOrigin, { flux }: Described): ReadApplication {
  return reference.group === ARGOCD_GROUP
    ? { tool: 'argocd', application }
    : { tool: 'flux', applier: flux?.applier, source: flux?.source };
}

const ARGOCD_GROUP = 'argoproj.io';
/** One watch each for what is followed, and one for lists. */
const FOLLOW_CONNECTIONS_MAX = 8;
/** The running operation, the last one, and what was compared. */
const PREPARED_CLAIMS_MAX = 3;
/** Nobody waits; the API server answers in milliseconds. */
const PREPARE_MS = 10 * SECOND;

function nameOf(reference: ObjectReference): string {
  return `${formatResource(reference)} ${reference.namespace ?? ''}/${reference.name}`;
}
