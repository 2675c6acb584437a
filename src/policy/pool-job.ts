/** The jobs of a worker pool and their results. */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { EndedJob, PolicyWorkerOptions, WorkerJob } from './policy-worker.ts';
import type { BuiltinRules } from './wasm/builtin-rules.ts';
import { JOB_COMPLETED, JOB_OUT_OF_MEMORY } from './worker-messages.ts';

/** Why a job has no result. */
export type PoolFailureCode =
  | 'policy_deadline_exceeded'
  | 'policy_evaluation_failed'
  | 'policy_memory_exceeded'
  | 'policy_worker_died'
  | 'policy_queue_full'
  | 'policy_quarantined'
  | 'request_deadline_exceeded';

export type PoolResult =
  | {
      readonly status: 'completed';
      readonly text: string;
      /** How long it ran, without any wait. */
      readonly ranMs: number;
    }
  | { readonly status: 'failed'; readonly code: PoolFailureCode; readonly reason: string };

export interface PoolRequest extends BuiltinRules {
  readonly input: Uint8Array;
  /** It may run long: nothing is to wait for it, from the moment that it runs. */
  readonly isLong: boolean;
  /** The maximum run time. */
  readonly budgetMs: number;
  /** Additional time because of its size, which does not count as suspicious. Already part of the budget. */
  readonly allowanceMs: number;
  /** The deadline of its wait in the queue. */
  readonly deadlineAtMs: MonotonicMs;
  /**
   * Asked when the job's turn comes: may it never end? Then it runs alone on its worker, and such jobs never occupy all
   * workers.
   */
  readonly isSuspect: () => boolean;
  /** Asked when the job's turn comes: what has gone into quarantine meanwhile need not run. */
  readonly isQuarantined: () => boolean;
  /** Called when the job runs suspiciously long, before it is known whether it ends. */
  readonly onSlow?: () => void;
}

/** The result of a job from a worker. */
export function readResult({ status, text, ranMs }: EndedJob): PoolResult {
  if (status === JOB_COMPLETED) return { status: 'completed', text, ranMs };
  const outOfMemory = status === JOB_OUT_OF_MEMORY;
  return fail(outOfMemory ? 'policy_memory_exceeded' : 'policy_evaluation_failed', text);
}

/** A job without a result. */
export function fail(code: PoolFailureCode, reason: string): PoolResult {
  return { status: 'failed', code, reason };
}

/** The options of a pool. */
export interface PoolOptions extends PolicyWorkerOptions {
  readonly workers: number;
  readonly queueLengthMax: number;
  readonly clock: Clock;
}

/** The events of a pool, for log and metrics. */
export interface PoolEvents {
  readonly killed: () => void;
  readonly restarted: (reason: string) => void;
}

/** A request on its way through the pool. */
export interface Job extends WorkerJob {
  readonly request: PoolRequest;
  readonly settle: (result: PoolResult) => void;
  /** When the watchdog first observed it running. */
  seenAtMs: number | undefined;
  slow: boolean;
  /** What waited behind it went to another worker. */
  overtaken: boolean;
}
