/** The judgement of commits by one configuration. */
import { addMs, type Clock, type MonotonicMs } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { RemoteApplications } from '../kubernetes/lookup/remote-applications.ts';
import { formatResource, type ObjectReference } from '../kubernetes/object-reference.ts';
import { SECOND } from '../settings/limit.ts';
import { formatVerdictKey } from '../source/commits/verdict-key.ts';
import { VerdictCache, type NoVerdict } from '../verdict/verdict-cache.ts';
import type { DeployedCommits } from '../source/commits/deployed-commits.ts';
import {
  type DeployedCheck,
  type DistrustedCommit,
  type LostTrust,
} from '../source/commits/deployed-verifier.ts';
import { VerdictMap } from '../verdict/verdict-map.ts';
import { ApplicationReadings } from '../source/application-readings.ts';
import type { CommitOrigin, JudgeCommits, ReadApplicationObject } from '../source/find-source.ts';
import { claimsApplied } from '../source/revision-hint.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsIntake } from '../telemetry/metrics.ts';
import { applicationOf, referenceOf } from './application-name.ts';
import { ManifestBinding } from './bind-manifests.ts';
import type { JudgedCommit } from './commit-judge.ts';
import { CommitOrders } from './commit-orders.ts';
import { createCommitSupervisor, type CommitSupervisor } from './commit-supervisor.ts';
import {
  describeArgocd,
  describeFlux,
  type DescribedApplication,
  type OwnedSource,
} from './describe-application.ts';
import { FollowedApplications } from './followed-applications.ts';
import { RevisionChooser } from './revision-chooser.ts';
import { SourceJudge, type CommitKey } from './source-judge.ts';
import { questionOf, SourceSupplement, type SourceQuestion } from './source-supplement.ts';

export interface CommitDependencies {
  readonly lookup: Pick<ClusterLookup, 'lookupFresh' | 'argocdSettings'>;
  /** Those of Argo CD's hub. Absent: they are in this cluster. */
  readonly applications?: Pick<RemoteApplications, 'follow'> | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsIntake;
  /** Whether there is a cluster whose applications can be watched. */
  readonly isLive: boolean;
  /** Called for each commit that is deployed and not trusted any more. */
  readonly onLost?: ((commit: DistrustedCommit<SourceQuestion>) => void) | undefined;
  /** Called with the images of a verified commit, ahead of admission. */
  readonly onImages?: ((images: readonly string[]) => void) | undefined;
  /** The script of the thread, for tests. */
  readonly entry?: URL | undefined;
}

export interface BoundCommits {
  /** Absent where the configuration judges no commits. */
  readonly judgeCommits?: JudgeCommits | undefined;
  /** Absent with it. */
  readonly readApplication?: ReadApplicationObject | undefined;
}

const MS_PER_SECOND = 1000;

/** What the parts of one configuration need besides. */
export interface RunningDependencies extends CommitDependencies {
  readonly fingerprint: string;
  readonly deployed: DeployedCommits<SourceQuestion>;
  readonly onTrust: () => void;
}

/** The parts of one configuration: the thread that judges, the verdicts, and what asks about applications ahead of admission. */
export class RunningCommits {
  readonly fingerprint: string;
  readonly bound: BoundCommits;
  readonly #dependencies: RunningDependencies;
  readonly #supervisor: CommitSupervisor;
  readonly #verdicts: VerdictCache<CommitKey, JudgedCommit>;
  readonly #judge: SourceJudge;
  readonly #configuration: Configuration;
  #client: ClusterClient | undefined;
  #followed: FollowedApplications | undefined;
  readonly #supplement: SourceSupplement;
  readonly #manifests: ManifestBinding;
  /** Which of two commits is older. */
  readonly orders: CommitOrders;
  /** Of admission and of the watch, which brings most versions first. */
  readonly #readings = new ApplicationReadings();

  constructor(configuration: Configuration, dependencies: RunningDependencies) {
    const { clock, wait, metrics, environment, entry } = dependencies;
    const { rules, waitMs, verdictsMax, pendingMax, verdictAgeMsMax } = configuration.commits;
    this.fingerprint = dependencies.fingerprint;
    this.#dependencies = dependencies;
    this.#configuration = configuration;
    const store = new VerdictMap<JudgedCommit>(verdictsMax);
    const supervisor = createCommitSupervisor(
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
    this.#verdicts = new VerdictCache<CommitKey, JudgedCommit>({
      formatKey: formatVerdictKey,
      noun: 'commit',
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
      onImages: dependencies.onImages,
      clock,
      wait,
      metrics,
    });
    this.#judge = new SourceJudge({ rules, waitMs, chooser, verdicts, supervisor, clock });
    this.#supplement = new SourceSupplement({ ...dependencies, configuration, supervisor });
    this.orders = new CommitOrders({ ...dependencies, supervisor, waitMs });
    this.bound = {
      readApplication: (object) => this.#readings.read(object),
      judgeCommits: (origin, deadlineAtMs, request) =>
        this.#judgeCommits(origin, deadlineAtMs, request?.dryRun === true),
    };
  }

  async start(isRetried: boolean): Promise<void> {
    await (isRetried ? this.#supervisor.startOrRetry() : this.#supervisor.start());
    await this.#follow();
  }

  /** Applications are watched once the thread can be asked about them. */
  async #follow(): Promise<void> {
    const { isLive, clock, logger, applications } = this.#dependencies;
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
    this.#followed = new FollowedApplications({
      client,
      applications,
      clock,
      logger,
      limits,
      readApplication: (object) => this.#readings.read(object),
      prepare,
    });
  }

  problem(): string | undefined {
    return this.#supervisor.problem();
  }

  async close(): Promise<void> {
    this.#verdicts.close();
    this.#supplement.close();
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
    this.#prepareChanges(described.sources);
    void this.#prepareManifests(origin, described);
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

  /** Only the status tells that an operation has applied all of a commit; a sync that changed nothing wrote nothing, too. */
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
    await this.#supplement.noteApplied(application, judged, endAtMs);
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

  /** Of each revision that the status claims, the most current one first. */
  async #prepareManifests(origin: CommitOrigin, described: Described): Promise<void> {
    const { read } = described;
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

  async #judgeCommits(
    origin: CommitOrigin,
    deadlineAtMs: MonotonicMs,
    isDryRun: boolean,
  ): ReturnType<JudgeCommits> {
    const described = await this.#describe(origin, deadlineAtMs);
    switch (described.status) {
      case 'described': {
        const application = { ...described, id: nameOf(origin.reference) };
        const judged = await this.#judge.judge(application, deadlineAtMs);
        const { reference } = origin;
        const { sources, read } = described;
        const commits = await this.#supplement.add(
          { reference, sources, commits: judged, isDryRun },
          deadlineAtMs,
        );
        const isDeleting = described.isDeleting === true;
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
    if (application !== undefined) return describeArgocd(application);
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

/** One watch each for what is followed, and one for lists. */
const FOLLOW_CONNECTIONS_MAX = 8;
/** The running operation, the last one, and what was compared. */
const PREPARED_CLAIMS_MAX = 3;
/** Nobody waits; the API server answers in milliseconds. */
const PREPARE_MS = 10 * SECOND;
/** Nobody waits; a large history arrives in a minute. */
const APPLIED_MS = 60 * SECOND;

function findApplied({ source }: OwnedSource): string | undefined {
  const hints = source.kind === 'commit' ? source.hints : [];
  return hints.find(claimsApplied)?.claimedObjectId;
}

function nameOf(reference: ObjectReference): string {
  return `${formatResource(reference)} ${reference.namespace ?? ''}/${reference.name}`;
}
