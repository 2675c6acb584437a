/**
 * Adds to the verdicts about an application's commits what only some policies read: what a commit changes, and whether it was verified
 * in the application before. Remembers what was verified for the application.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import { matchesPattern } from '../base/match-pattern.ts';
import type { CommitFact } from '../source/commits/commit-fact.ts';
import { formatVerdictKey, type VerdictKey } from '../source/commits/verdict-key.ts';
import { VerdictCache, type NoVerdict } from '../verdict/verdict-cache.ts';
import type {
  ApplicationName,
  DeployedCommit,
  DeployedCommits,
} from '../source/commits/deployed-commits.ts';
import { VerdictMap } from '../verdict/verdict-map.ts';
import type { ChangesReading } from '../source/mirror/read-changes.ts';
import {
  PromotionJudge,
  type Lineage,
  type LineageQuestion,
} from '../source/promotion/promotion-judge.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { planWait } from '../verdict/plan-wait.ts';
import { applicationOf } from './application-name.ts';
import type { CommitSupervisor } from './commit-supervisor.ts';
import type { OwnedSource } from './describe-application.ts';
import { formatAccessScope, type RepositoryAccess } from './repository-access.ts';

/** How the commit of a source is asked for. */
export interface SourceQuestion {
  /** The URL as the application has it. */
  readonly repository: string;
  readonly tracked: string;
  readonly path: string;
  readonly access: RepositoryAccess;
}

export interface SourceSupplementOptions {
  readonly configuration: Pick<Configuration, 'commits' | 'promotions'>;
  readonly supervisor: Pick<CommitSupervisor, 'ask'>;
  readonly deployed: DeployedCommits<SourceQuestion>;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly metrics: Metrics;
}

/** The sources of an application, and the verdict about each in the same order. */
export interface JudgedApplication {
  readonly reference: ObjectReference;
  readonly sources: readonly OwnedSource[];
  readonly commits: readonly CommitFact[];
  /** Nothing will be stored. */
  readonly isDryRun: boolean;
}

type Counted = Exclude<ChangesReading, { readonly status: 'unavailable' }>;
type ChangesKey = VerdictKey & { readonly question: SourceQuestion };

/** One source, and the verdict about its commit. */
export interface Supplemented {
  readonly commit: CommitFact;
  readonly question: SourceQuestion | undefined;
}

/** One for each configuration. */
export class SourceSupplement {
  readonly #options: SourceSupplementOptions;
  readonly #changes: VerdictCache<ChangesKey, Counted>;
  readonly #promotions: PromotionJudge<SourceQuestion>;

  constructor(options: SourceSupplementOptions) {
    this.#options = options;
    const { configuration, clock, wait, deployed, metrics } = options;
    const { pendingMax, verdictsMax } = configuration.commits;
    this.#changes = new VerdictCache<ChangesKey, Counted>({
      formatKey: formatVerdictKey,
      noun: 'commit',
      judge: ({ question, objectId }) => this.#count(question, objectId),
      store: new VerdictMap<Counted>(verdictsMax),
      // What a commit changed stays as it is.
      ageMsMax: Infinity,
      pendingMax,
      clock,
      wait,
      onJudged: (outcome) => metrics.increment('holdfast_commit_changes_total', { outcome }),
    });
    this.#promotions = new PromotionJudge<SourceQuestion>({
      promotions: configuration.promotions,
      deployed,
      matchesRepository: matchesPattern,
      findDescendant: (question) => this.#findDescendant(question),
      clock,
      wait,
    });
  }

  /** The same commits with what policies read besides. Never rejects. */
  async add(
    { reference, sources, commits, isDryRun }: JudgedApplication,
    deadlineAtMs: MonotonicMs,
  ): Promise<readonly CommitFact[]> {
    const { clock, configuration } = this.#options;
    const { waitMs } = configuration.commits;
    const endAtMs = planWait(deadlineAtMs, { nowMs: clock.monotonicMs(), waitMs });
    const judged = commits.map((commit, index): Supplemented => {
      return { commit, question: questionOf(sources[index]) };
    });
    const counted = await Promise.all(judged.map((each) => this.#addChanges(each, endAtMs)));
    const application = applicationOf(reference);
    if (application === undefined) return counted.map(({ commit }) => commit);
    const { facts, promoted } = await this.#judgePromotions(application, counted, endAtMs);
    // Whatever is decided about this write: that of the next object may be allowed.
    if (!isDryRun) this.#options.deployed.noteWritten(application, promoted);
    this.#tellSize();
    return facts;
  }

  /** Begins to count what a verified commit changes; nobody waits for it. */
  prepare(judged: Supplemented): void {
    const key = this.#changesKeyOf(judged);
    if (key !== undefined) this.#changes.prepare(key);
  }

  /** Remembers what an application says that it has applied as a whole, if it is verified. Never rejects. */
  async noteApplied(
    application: ApplicationName,
    judged: readonly Supplemented[],
    endAtMs: MonotonicMs,
  ): Promise<void> {
    const { promoted } = await this.#judgePromotions(application, judged, endAtMs);
    this.#options.deployed.note(application, promoted);
    this.#tellSize();
  }

  #tellSize(): void {
    const { deployed, metrics } = this.#options;
    metrics.set('holdfast_deployed_applications', deployed.size);
  }

  /** The facts, and the commits that no promotion refuses: to remember others would open the next promotion. */
  async #judgePromotions(
    application: ApplicationName,
    judged: readonly Supplemented[],
    endAtMs: MonotonicMs,
  ): Promise<{
    readonly facts: readonly CommitFact[];
    readonly promoted: readonly DeployedCommit<SourceQuestion>[];
  }> {
    const facts = await this.#promotions.judge(application, judged, endAtMs);
    const promoted = facts.flatMap((commit, index) => {
      const question = judged[index]?.question;
      const { promotions = [] } = commit;
      const isPromoted = promotions.every(({ status }) => status === 'promoted');
      if (commit.status !== 'verified' || question === undefined || !isPromoted) return [];
      const { repository, content } = commit;
      return [{ repository, objectId: content.objectId, question }];
    });
    return { facts, promoted };
  }

  close(): void {
    this.#changes.close();
  }

  async #addChanges(judged: Supplemented, endAtMs: MonotonicMs): Promise<Supplemented> {
    const { commit, question } = judged;
    const key = this.#changesKeyOf(judged);
    if (commit.status !== 'verified' || key === undefined) return judged;
    const answer = await this.#changes.read(key, endAtMs);
    const changes = answer.status === 'counted' ? answer.changes : null;
    return { question, commit: { ...commit, content: { ...commit.content, changes } } };
  }

  /** `undefined` where nothing is to be counted. */
  #changesKeyOf({ commit, question }: Supplemented): ChangesKey | undefined {
    if (!this.#options.configuration.commits.countChanges) return undefined;
    if (commit.status !== 'verified' || question === undefined) return undefined;
    const { repository, content } = commit;
    const { objectId } = content;
    const { tracked, access } = question;
    const scope = formatAccessScope(access);
    // Neither the rule nor the keys matter.
    return { repository, rule: '', tracked, objectId, scope, trustHash: '', question };
  }

  async #count(
    { repository, tracked, access }: SourceQuestion,
    objectId: string,
  ): Promise<Counted | NoVerdict> {
    const { supervisor } = this.#options;
    const question = { repository, tracked, access, objectId };
    const answer = await supervisor.ask({ kind: 'changes', question });
    return answer.kind === 'changes' || answer.kind === 'unanswered' ? answer.answer : UNEXPECTED;
  }

  async #findDescendant(asked: LineageQuestion<SourceQuestion>): Promise<Lineage> {
    const { supervisor } = this.#options;
    const { repository, tracked, access } = asked.question;
    const { objectId, descendants } = asked;
    const question = { repository, tracked, access, objectId, descendants };
    const answer = await supervisor.ask({ kind: 'lineage', question });
    return answer.kind === 'lineage' || answer.kind === 'unanswered' ? answer.answer : UNEXPECTED;
  }
}

/** A fault of ours, which asking again soon does not mend. */
const FAULT_RETRY_MS = 5000;

const UNEXPECTED: NoVerdict = {
  status: 'unavailable',
  reason: 'The commit thread answered something else',
  retryAfterMs: FAULT_RETRY_MS,
};

/** `undefined` where the source has no commit. */
export function questionOf(owned: OwnedSource | undefined): SourceQuestion | undefined {
  if (owned?.source.kind !== 'commit') return undefined;
  const { repository, tracked, path } = owned.source;
  return { repository, tracked, path, access: owned.access };
}
