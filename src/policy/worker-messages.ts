/** The messages between the main thread and a worker. */
import type { WallMs } from '../base/clock.ts';
import type { BuiltinRules } from './wasm/builtin-rules.ts';

/** Passed to a worker at its start. */
export interface WorkerStart {
  /** Compiled once, by the main thread; sharing it costs nothing. */
  readonly module: WebAssembly.Module;
  readonly data: Readonly<Record<string, unknown>>;
  readonly memoryPagesMax: number;
  /** See `STATUS_RUNNING` and `STATUS_TAKEN_BACK`. */
  readonly status: SharedArrayBuffer;
}

/** In the shared status: the number of the running job, 0 if there is none. Written by the worker. */
export const STATUS_RUNNING = 0;
/** In the shared status: jobs up to this number were moved to another worker. Written by the main thread. */
export const STATUS_TAKEN_BACK = 1;
/** Two 64 bit numbers: 32 bits of job numbers would be used up within days. */
export const STATUS_BYTES = 16;

/** Several jobs in one message: the fixed cost of a message is half of what a job costs. */
export interface WorkerBatch {
  /** Number and length in bytes of each job's input, alternating. */
  readonly jobs: readonly number[];
  /** All inputs, one after the other. Transferred, not copied. */
  readonly inputs: ArrayBuffer;
  readonly nowMs: WallMs;
  /** Those of each job. @default those of `BuiltinRules` */
  readonly builtins?: readonly BuiltinRules[];
}

/** Sent once, when the worker is ready. */
export interface WorkerReady {
  /** The operating system's id of the thread; `undefined` if it is not available. */
  readonly osThreadId: number | undefined;
}

/** The job has a result. */
export const JOB_COMPLETED = 0;
/** The evaluation did not complete. */
export const JOB_FAILED = 1;
/** The evaluation exceeded the memory limit. */
export const JOB_OUT_OF_MEMORY = 2;

/** Number, one of `JOB_…`, the result or the reason, and the milliseconds that it took, for each job of the batch that was run. */
export type WorkerResults = readonly (number | string)[];
