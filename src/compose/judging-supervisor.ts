/**
 * Runs a thread that judges beside admission, and asks it. While there is none, every question is unavailable, and verdicts that
 * are known count on.
 */
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import {
  SupervisedThread,
  type SupervisionDependencies,
  type ThreadDescription,
} from './supervised-thread.ts';

/** A question, with a number by which the answer is found. */
export interface JudgingOrder<Question> {
  readonly id: number;
  readonly question: Question;
}

/** What a thread that judges tells the main thread. */
export type JudgingResult<Answer, Kept> =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  /** The hash of rules and keys. Sent before everything that is judged by it. */
  | { readonly kind: 'trust'; readonly hash: string }
  /** What an earlier process left. */
  | { readonly kind: 'kept'; readonly kept: Kept };

export interface JudgingSupervisorOptions<Start, Answer, Kept> {
  readonly description: ThreadDescription;
  readonly start: Start;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Other keys count from now on. */
  readonly onTrust?: (() => void) | undefined;
  readonly onKept: (kept: Kept) => void;
  /** The answer where the thread gives none. */
  readonly unanswered: (reason: NoVerdict) => Answer;
}

/** To end programs, and to write the verdicts. */
const CLOSE_MS = 5000;
/** A thread that ended is started again after a second. */
const ENDED_RETRY_MS = 1000;

/** One thread after the other. */
export class JudgingSupervisor<Start, Question, Answer, Kept> {
  readonly #options: JudgingSupervisorOptions<Start, Answer, Kept>;
  readonly #thread: SupervisedThread<Start, JudgingOrder<Question>, JudgingResult<Answer, Kept>>;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #nextId = 1;
  #trustHash: string | undefined;

  constructor(
    options: JudgingSupervisorOptions<Start, Answer, Kept>,
    dependencies: SupervisionDependencies,
  ) {
    const { description, start, environment, onTrust, onKept } = options;
    this.#options = options;
    this.#thread = new SupervisedThread(
      {
        description,
        start,
        environment,
        onResult: (result) => {
          switch (result.kind) {
            case 'trust':
              if (this.#trustHash === result.hash) return;
              this.#trustHash = result.hash;
              onTrust?.();
              return;
            case 'kept':
              onKept(result.kept);
              return;
            case 'answer':
              this.#settle(result.id, result.answer);
          }
        },
        onEnded: () => {
          const ended = this.#unanswered('ended');
          for (const id of this.#waiting.keys()) this.#settle(id, ended);
        },
      },
      dependencies,
    );
  }

  /** Rejects with a `HoldfastError` where a key file or a program cannot be used. */
  async start(): Promise<void> {
    await this.#thread.start();
  }

  /** As `start`, but where it fails it is tried again: a process that serves other policies too must not end for it. */
  async startOrRetry(): Promise<void> {
    await this.#thread.startOrRetry();
  }

  /** Of the rules and keys by which the thread judges; `undefined` until one has started. */
  trustHash(): string | undefined {
    return this.#trustHash;
  }

  /** What does not work until somebody intervenes. */
  problem(): string | undefined {
    return this.#thread.problem();
  }

  /** Never rejects. The caller limits how long it waits; the thread goes on. */
  async ask(question: Question): Promise<Answer> {
    if (!this.#thread.isRunning) return this.#unanswered('does not run');
    const id = this.#nextId;
    this.#nextId += 1;
    return await new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#thread.order({ id, question });
    });
  }

  /** Ends the thread; what is asked is unavailable. */
  async close(): Promise<void> {
    await this.#thread.close(CLOSE_MS);
  }

  #settle(id: number, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  #unanswered(why: string): Answer {
    const { description, unanswered } = this.#options;
    const reason = `The ${description.name} thread ${why}`;
    return unanswered({ status: 'unavailable', reason, retryAfterMs: ENDED_RETRY_MS });
  }
}
