/**
 * Runs the commit thread from the main thread, and asks it. While there is none, every question is unavailable, and verdicts that
 * are known count on.
 */
import { extname } from 'node:path';
import type { CommitConclusion } from '../source/commits/commit-fact.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import type {
  CommitThreadAnswer,
  CommitThreadConfiguration,
  CommitThreadOrder,
  CommitThreadQuestion,
  CommitThreadResult,
  CommitThreadStart,
} from './commit-messages.ts';
import { SupervisedThread, type SupervisionDependencies } from './supervised-thread.ts';

export interface CommitSupervisorOptions {
  readonly configuration: CommitThreadConfiguration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Other keys count from now on. */
  readonly onTrust?: (() => void) | undefined;
  /** Called with verdicts of an earlier process. */
  readonly onKept: (verdicts: readonly (readonly [string, CommitConclusion])[]) => void;
  /** The script of the thread. @default commit-thread.ts beside this file */
  readonly entry?: URL | undefined;
}

/** The source tree and a compiled package have the same file name with different extensions. */
const EXTENSION = extname(import.meta.url);
const ENTRY = new URL(`./commit-thread${EXTENSION}`, import.meta.url);
/** Keyrings and ten thousand verdicts take 50 MB; a source of 8 MiB of YAML takes 250 while it is parsed. */
const HEAP_MB_MAX = 768;
/** To kill the processes of git and write the verdicts. */
const CLOSE_MS = 5000;
/** A thread that ended is started again after a second. */
const ENDED_RETRY_MS = 1000;

/** One commit thread after the other. */
export class CommitSupervisor {
  readonly #thread: SupervisedThread<CommitThreadStart, CommitThreadOrder, CommitThreadResult>;
  readonly #waiting = new Map<number, (answer: CommitThreadAnswer) => void>();
  #nextId = 1;
  #trustHash: string | undefined;

  constructor(
    { configuration, environment, onKept, onTrust, entry = ENTRY }: CommitSupervisorOptions,
    dependencies: SupervisionDependencies,
  ) {
    const { commits, mirrors, kubernetes, ownership } = configuration;
    this.#thread = new SupervisedThread(
      {
        description: {
          name: 'commit',
          entry,
          heapMbMax: HEAP_MB_MAX,
          endedCode: 'commit_thread_ended',
          meanwhile: 'commits without a verdict are unavailable',
          runningMetric: 'holdfast_commit_thread_running',
          restartsMetric: 'holdfast_commit_thread_restarts_total',
        },
        start: {
          configuration: { commits, mirrors, kubernetes, ownership },
          environment: { ...environment },
        },
        environment,
        onResult: (result) => {
          switch (result.kind) {
            case 'trust':
              if (this.#trustHash !== result.hash) {
                this.#trustHash = result.hash;
                onTrust?.();
              }
              return;
            case 'kept':
              onKept(result.verdicts);
              return;
            case 'answer':
              this.#settle(result.id, result.answer);
          }
        },
        onEnded: () => {
          const ended = unanswered('The commit thread ended');
          for (const id of this.#waiting.keys()) this.#settle(id, ended);
        },
      },
      dependencies,
    );
  }

  /** Rejects with a `HoldfastError` where git or a key file cannot be used. */
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
  async ask(question: CommitThreadQuestion): Promise<CommitThreadAnswer> {
    if (!this.#thread.isRunning) return unanswered('The commit thread does not run');
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

  #settle(id: number, answer: CommitThreadAnswer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}

function unanswered(reason: string): CommitThreadAnswer {
  const answer: NoVerdict = { status: 'unavailable', reason, retryAfterMs: ENDED_RETRY_MS };
  return { kind: 'unanswered', answer };
}
