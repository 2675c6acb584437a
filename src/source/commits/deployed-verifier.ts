/**
 * Verifies again what is deployed when the trust changes: a key that is revoked must not leave behind what it has signed. What no
 * longer holds is reported, once for each commit of an application; it is not undone, as only Git says what to deploy instead.
 */
import { planBackoff } from '../../base/plan-backoff.ts';
import type { Wait } from '../../base/wait.ts';
import { SECOND } from '../../settings/limit.ts';
import type { NoVerdict } from '../../verdict/verdict-cache.ts';
import {
  deployedOf,
  formatApplication,
  type ApplicationName,
  type DeployedCommit,
  type DeployedCommits,
} from './deployed-commits.ts';
import { DEPLOYED_LIMITS } from './settings.ts';

/** Why a commit does not hold, as its verdict says. */
export interface LostTrust {
  readonly status: 'rejected';
  readonly code: string;
  readonly reason: string;
  readonly rule?: string | undefined;
}

/** What an application has deployed. */
export interface DeployedCheck<Question> extends DeployedCommit<Question> {
  readonly application: ApplicationName;
}

/** A commit of an application that was verified, and is not any more. */
export interface DistrustedCommit<Question> extends DeployedCheck<Question> {
  readonly lost: LostTrust;
}

export interface DeployedVerifierOptions<Question> {
  readonly deployed: Pick<DeployedCommits<Question>, 'list' | 'deployedIn'>;
  /** By the trust of the moment. Never rejects. */
  readonly ask: (
    commit: DeployedCheck<Question>,
  ) => Promise<{ readonly status: 'verified' } | LostTrust | NoVerdict>;
  readonly onLost: (commit: DistrustedCommit<Question>) => void;
  readonly onChecked: (outcome: 'holds' | 'lost' | 'unavailable') => void;
  readonly wait: Wait;
  /** 0 to 1. */
  readonly random: () => number;
}

const CONCURRENT_MAX = DEPLOYED_LIMITS['commits.deployed.concurrentChecksMax'].default;
const BACKOFF = {
  // A server that restarts is back by then.
  backoffMs: 5 * SECOND,
  backoffMaxMs: DEPLOYED_LIMITS['commits.deployed.retryMsMax'].default,
  retryAfterMaxMs: DEPLOYED_LIMITS['commits.deployed.retryMsMax'].default,
};

/** One round at a time: a newer trust ends the round before. */
export class DeployedVerifier<Question> {
  readonly #options: DeployedVerifierOptions<Question>;
  /** Reported, and deployed since. */
  readonly #reported = new Set<string>();
  #round = new AbortController();

  constructor(options: DeployedVerifierOptions<Question>) {
    this.#options = options;
  }

  /** The trust has changed. Resolves when everything is answered, or the round was ended; nobody has to wait. */
  async verify(): Promise<void> {
    this.#round.abort();
    const round = new AbortController();
    this.#round = round;
    let open = this.#listDeployed();
    const keys = new Set(open.map(keyOf));
    for (const key of this.#reported) if (!keys.has(key)) this.#reported.delete(key);
    for (let failures = 1; open.length > 0; failures += 1) {
      open = await this.#pass(open, round.signal);
      if (open.length === 0 || round.signal.aborted) return;
      const random = this.#options.random();
      await this.#options.wait(planBackoff({ failures, random }, BACKOFF), round.signal);
      if (round.signal.aborted) return;
    }
  }

  /** Ends the round. */
  close(): void {
    this.#round.abort();
  }

  #listDeployed(): readonly DeployedCheck<Question>[] {
    return this.#options.deployed.list().flatMap(({ application, sources }) =>
      sources.flatMap((source) => {
        const { repository, question } = source;
        return deployedOf(source).map((objectId) => ({
          application,
          repository,
          objectId,
          question,
        }));
      }),
    );
  }

  /** Those that nobody could tell about. */
  async #pass(
    checks: readonly DeployedCheck<Question>[],
    signal: AbortSignal,
  ): Promise<readonly DeployedCheck<Question>[]> {
    const waiting = checks.values();
    const unavailable: DeployedCheck<Question>[] = [];
    const work = async (): Promise<void> => {
      for (const check of waiting) {
        if (signal.aborted) return;
        if (!(await this.#check(check, signal))) unavailable.push(check);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT_MAX }, work));
    return unavailable;
  }

  /** False where nobody can tell. */
  async #check(check: DeployedCheck<Question>, signal: AbortSignal): Promise<boolean> {
    const { ask, onChecked, onLost } = this.#options;
    const answer = await ask(check);
    // Something else was deployed meanwhile, or the trust has changed once more.
    if (signal.aborted || !this.#isDeployed(check)) return true;
    const key = keyOf(check);
    switch (answer.status) {
      case 'unavailable':
        onChecked('unavailable');
        return false;
      case 'verified':
        onChecked('holds');
        this.#reported.delete(key);
        return true;
      case 'rejected':
        onChecked('lost');
        if (this.#reported.has(key)) return true;
        this.#reported.add(key);
        onLost({ ...check, lost: answer });
        return true;
    }
  }

  #isDeployed({ application, repository, objectId }: DeployedCheck<Question>): boolean {
    return this.#options.deployed.deployedIn(application, repository).includes(objectId);
  }
}

function keyOf({ application, repository, objectId }: DeployedCheck<unknown>): string {
  return JSON.stringify([formatApplication(application), repository, objectId]);
}
