/** Judges for each source of an application whether its commit was verified in the application before it. */
import { addMs, type Clock, type MonotonicMs } from '../../base/clock.ts';
import type { Wait } from '../../base/wait.ts';
import type { CommitFact } from '../commits/commit-fact.ts';
import {
  formatApplication,
  type ApplicationName,
  type DeployedCommits,
} from '../commits/deployed-commits.ts';
import { expandApplication, matchApplication } from './match-application.ts';
import type { PromotionFact } from './promotion-fact.ts';
import { PROMOTION_LIMITS, type PromotionSettings } from './settings.ts';

/** Whether a commit is in the history of one of several others. */
export type Lineage =
  | { readonly status: 'found'; readonly objectId: string }
  | { readonly status: 'absent' }
  | { readonly status: 'unavailable'; readonly reason: string };

export interface LineageQuestion<Question> {
  readonly question: Question;
  readonly objectId: string;
  /** Of the same repository, the most likely first. */
  readonly descendants: readonly string[];
}

export interface PromotionJudgeOptions<Question> {
  readonly promotions: readonly PromotionSettings[];
  readonly deployed: Pick<DeployedCommits<Question>, 'verifiedIn'>;
  readonly matchesRepository: (repository: string, pattern: string) => boolean;
  /** Asks git: slow. Never rejects. */
  readonly findDescendant: (question: LineageQuestion<Question>) => Promise<Lineage>;
  readonly clock: Clock;
  readonly wait: Wait;
}

/** One source: what was found out about its commit, and how it was asked for; no question where the source has no commit. */
export interface JudgedSource<Question> {
  readonly commit: CommitFact;
  readonly question?: Question | undefined;
}

interface Answer {
  readonly lineage: Promise<Lineage>;
  /** Absent: it stays true, or is not there yet. */
  untilMs?: MonotonicMs;
}

const ANSWERS_MAX = PROMOTION_LIMITS['promotions.answersMax'].default;
const RETRY_MS = PROMOTION_LIMITS['promotions.retryMs'].default;

/** One for each configuration. */
export class PromotionJudge<Question> {
  readonly #options: PromotionJudgeOptions<Question>;
  /** By the commit, and those whose history it may be in. */
  readonly #answers = new Map<string, Answer>();

  constructor(options: PromotionJudgeOptions<Question>) {
    this.#options = options;
  }

  /** The same commits, each with the promotions that name the application. Never rejects. */
  async judge(
    application: ApplicationName,
    sources: readonly JudgedSource<Question>[],
    deadlineAtMs: MonotonicMs,
  ): Promise<readonly CommitFact[]> {
    const demanded = this.#findDemanded(application);
    if (demanded.length === 0) return sources.map(({ commit }) => commit);
    return await Promise.all(
      sources.map(async (source) => {
        const promotions = await Promise.all(
          demanded
            .filter((each) => this.#isMeant(each, source))
            .map((each) => this.#judgeOne(each, source, deadlineAtMs)),
        );
        return promotions.length === 0 ? source.commit : { ...source.commit, promotions };
      }),
    );
  }

  #findDemanded(application: ApplicationName): readonly Demand[] {
    return this.#options.promotions.flatMap((promotion) => {
      if (promotion.kind !== application.kind) return [];
      const captures = matchApplication(promotion.to, application);
      if (captures === undefined) return [];
      const from = { kind: promotion.kind, ...expandApplication(promotion.from, captures) };
      return [{ promotion, from }];
    });
  }

  /** A source without a repository is meant by every promotion: it must not pass by having none. */
  #isMeant({ promotion }: Demand, { commit }: JudgedSource<Question>): boolean {
    const { repository } = commit;
    return (
      repository === '' ||
      promotion.repositories.some((pattern) => this.#options.matchesRepository(repository, pattern))
    );
  }

  async #judgeOne(
    { promotion, from }: Demand,
    { commit, question }: JudgedSource<Question>,
    deadlineAtMs: MonotonicMs,
  ): Promise<PromotionFact> {
    const place = { name: promotion.name, from: formatApplication(from) };
    if (commit.status === 'unavailable') {
      return { ...place, status: 'unavailable', reason: commit.reason };
    }
    if (commit.status !== 'verified' || question === undefined) {
      return { ...place, status: 'unverified' };
    }
    const { objectId } = commit.content;
    const verified = this.#options.deployed.verifiedIn(from, commit.repository);
    if (verified.includes(objectId)) return { ...place, status: 'promoted', objectId };
    if (verified.length === 0) return { ...place, status: 'missing' };
    // What is deployed there now is the most likely to contain it.
    const descendants = verified.toReversed();
    const lineage = await this.#find({ question, objectId, descendants }, deadlineAtMs);
    switch (lineage.status) {
      case 'found':
        return { ...place, status: 'promoted', objectId: lineage.objectId };
      case 'absent':
        return { ...place, status: 'missing' };
      case 'unavailable':
        return { ...place, status: 'unavailable', reason: lineage.reason };
    }
  }

  async #find(question: LineageQuestion<Question>, deadlineAtMs: MonotonicMs): Promise<Lineage> {
    const { clock, wait } = this.#options;
    const late = new AbortController();
    const leftMs = Math.max(0, deadlineAtMs - clock.monotonicMs());
    const lineage = await Promise.race([
      this.#answerOf(question),
      wait(leftMs, late.signal).then(() => STILL_LOOKING),
    ]);
    late.abort();
    return lineage;
  }

  /** One look for all writes of a sync. An id names its history, whatever repository it is in. */
  #answerOf(question: LineageQuestion<Question>): Promise<Lineage> {
    const { clock, findDescendant } = this.#options;
    const key = [question.objectId, ...question.descendants].join(' ');
    const known = this.#answers.get(key);
    const isOver = known?.untilMs !== undefined && known.untilMs <= clock.monotonicMs();
    if (known !== undefined && !isOver) return known.lineage;
    const answer: Answer = { lineage: findDescendant(question) };
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined && this.#answers.size > ANSWERS_MAX) this.#answers.delete(oldest);
    void answer.lineage.then(({ status }) => {
      if (status !== 'found') answer.untilMs = addMs(clock.monotonicMs(), RETRY_MS);
    });
    return answer.lineage;
  }
}

interface Demand {
  readonly promotion: PromotionSettings;
  readonly from: ApplicationName;
}

const STILL_LOOKING: Lineage = {
  status: 'unavailable',
  reason: 'The histories of the commits are still being compared',
};
