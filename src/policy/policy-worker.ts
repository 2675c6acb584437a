/** One worker thread, seen from the main thread: its jobs, the running job, and its end. */
import { constants, setPriority } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { WallMs } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { builtinRulesOf, type BuiltinRules } from './wasm/builtin-rules.ts';
import {
  STATUS_BYTES,
  STATUS_RUNNING,
  STATUS_TAKEN_BACK,
  type WorkerBatch,
  type WorkerReady,
  type WorkerResults,
  type WorkerStart,
} from './worker-messages.ts';

/** The worker's JavaScript heap; the policies use WASM memory, which has its own limit. */
const HEAP_MB_MAX = 256;
const YOUNG_HEAP_MB_MAX = 16;
const STACK_MB_MAX = 4;

/** The source tree and a compiled package have the same file name with different extensions. */
const WORKER_ENTRY = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

export interface PolicyWorkerOptions extends Omit<WorkerStart, 'status'> {
  /** The thread's script. @default worker.ts beside this file */
  readonly entry?: URL | undefined;
}

/** A job for a worker. */
export interface WorkerJob extends BuiltinRules {
  /** Its number; larger than that of every earlier job. */
  number: number;
  readonly input: Uint8Array;
}

/** What a worker says of a job that has ended. */
export interface EndedJob {
  /** One of `JOB_…`. */
  readonly status: number;
  /** The result or the reason. */
  readonly text: string;
  /** In WebAssembly alone, without any wait. */
  readonly ranMs: number;
}

/** The events of a worker. */
export interface PolicyWorkerEvents<Job extends WorkerJob> {
  readonly ready: (worker: PolicyWorker<Job>) => void;
  readonly finished: (job: Job, ended: EndedJob) => void;
  readonly idle: (worker: PolicyWorker<Job>) => void;
  /** The thread ended by itself; `end()` returns its jobs. */
  readonly died: (worker: PolicyWorker<Job>, reason: string) => void;
}

/** A thread with its jobs. */
export class PolicyWorker<Job extends WorkerJob> {
  readonly #thread: Worker;
  readonly #status = new SharedArrayBuffer(STATUS_BYTES);
  readonly #shared = new BigInt64Array(this.#status);
  readonly #events: PolicyWorkerEvents<Job>;
  /**
   * In the order in which the worker runs them. Not a Map: V8's table of a Map refers to the table that replaced it, so under constant change
   * one dead table in the old generation keeps all later ones alive, with the requests in them, until the next full collection.
   */
  #jobs: Job[] = [];
  #batches = 0;
  #osThreadId: number | undefined;
  #yielding = false;
  #ended = false;

  constructor({ entry, ...start }: PolicyWorkerOptions, events: PolicyWorkerEvents<Job>) {
    this.#events = events;
    const workerData: WorkerStart = { ...start, status: this.#status };
    this.#thread = new Worker(entry ?? WORKER_ENTRY, {
      name: 'policy',
      workerData,
      env: {},
      execArgv: [],
      resourceLimits: {
        maxOldGenerationSizeMb: HEAP_MB_MAX,
        maxYoungGenerationSizeMb: YOUNG_HEAP_MB_MAX,
        stackSizeMb: STACK_MB_MAX,
      },
    });
    let reason = 'it ended by itself';
    this.#thread.on('message', (message: WorkerReady | WorkerResults) => {
      if ('osThreadId' in message) this.#becomeReady(message);
      else this.#receive(message);
    });
    this.#thread.once('error', (fault) => {
      reason = errorText(fault);
    });
    this.#thread.once('exit', () => {
      if (!this.#ended) events.died(this, reason);
    });
  }

  /** Whether it has the lowest priority for the rest of its life. */
  get yielding(): boolean {
    return this.#yielding;
  }

  /** Batches without a response yet. */
  get batches(): number {
    return this.#batches;
  }

  /** The job that runs now, if any: read from shared memory, because a busy thread cannot answer. */
  get running(): Job | undefined {
    const number = Number(Atomics.load(this.#shared, STATUS_RUNNING));
    return this.#jobs.find((job) => job.number === number);
  }

  send(jobs: readonly Job[], nowMs: WallMs): void {
    const bytes = jobs.reduce((sum, { input }) => sum + input.byteLength, 0);
    const inputs = new Uint8Array(bytes);
    const header: number[] = [];
    let offset = 0;
    for (const job of jobs) {
      inputs.set(job.input, offset);
      offset += job.input.byteLength;
      header.push(job.number, job.input.byteLength);
      this.#jobs.push(job);
    }
    this.#batches += 1;
    const isRuled = jobs.some(
      ({ allowedBuiltins, builtinErrors }) => (allowedBuiltins ?? builtinErrors) !== undefined,
    );
    const batch: WorkerBatch = {
      jobs: header,
      inputs: inputs.buffer,
      nowMs,
      ...(isRuled && {
        builtins: jobs.map(builtinRulesOf),
      }),
    };
    this.#thread.postMessage(batch, [inputs.buffer]);
  }

  /** Returns the jobs that have not started; the worker will skip them. */
  takeBack(): readonly Job[] {
    const running = this.running;
    Atomics.store(this.#shared, STATUS_TAKEN_BACK, BigInt(this.#jobs.at(-1)?.number ?? 0));
    const taken = this.#jobs.filter((job) => job !== running);
    this.#jobs = running === undefined ? [] : [running];
    return taken;
  }

  /** Terminates the thread at once, and returns all its jobs. */
  end(): readonly Job[] {
    this.#ended = true;
    void this.#thread.terminate();
    return this.#jobs.splice(0);
  }

  /** Terminates the thread and waits for its end. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#thread.terminate();
  }

  /**
   * Gives the thread the lowest priority. This is permanent, because raising it needs a privilege.
   * A runaway policy must not take CPU time from other workers.
   */
  yieldProcessor(): void {
    if (this.#osThreadId === undefined || this.#yielding) return;
    this.#yielding = true;
    try {
      // On Linux a priority belongs to a thread, and the call accepts a thread id as a process id.
      setPriority(this.#osThreadId, constants.priority.PRIORITY_LOW);
    } catch {
      // Some sandboxes forbid it. The watchdog terminates the job at its deadline anyway.
    }
  }

  #becomeReady({ osThreadId }: WorkerReady): void {
    this.#osThreadId = osThreadId;
    this.#events.ready(this);
  }

  #receive(results: WorkerResults): void {
    this.#batches -= 1;
    for (let index = 0; index + 3 < results.length; index += 4) {
      const number = Number(results[index]);
      const position = this.#jobs.findIndex((job) => job.number === number);
      const [job] = position < 0 ? [] : this.#jobs.splice(position, 1);
      // The job was moved while it was starting: the other worker's result counts.
      if (!job) continue;
      this.#events.finished(job, {
        status: Number(results[index + 1]),
        text: String(results[index + 2]),
        ranMs: Number(results[index + 3]),
      });
    }
    this.#events.idle(this);
  }
}
