/** One worker thread as the main thread sees it: what it was given, what it runs, and how it ends. */
import { constants, setPriority } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { WallMs } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import {
  STATUS_BYTES,
  STATUS_RUNNING,
  STATUS_TAKEN_BACK,
  type WorkerBatch,
  type WorkerReady,
  type WorkerResults,
  type WorkerStart,
} from './worker-messages.ts';

/** The worker's JavaScript heap; the policies live in WASM memory, which has a limit of its own. */
const HEAP_MB_MAX = 256;
const YOUNG_HEAP_MB_MAX = 16;
const STACK_MB_MAX = 4;

/** The same file name in the source tree and in a compiled package, where the extension is another. */
const WORKER_ENTRY = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

export interface PolicyWorkerOptions extends Omit<WorkerStart, 'status'> {
  /** The thread's script. @default worker.ts beside this file */
  readonly entry?: URL | undefined;
}

/** A job as a worker needs it. */
export interface WorkerJob {
  /** The number the worker knows it by; larger than that of every job before. */
  number: number;
  readonly input: Uint8Array;
}

/** What a worker tells its pool. */
export interface PolicyWorkerEvents<Job extends WorkerJob> {
  readonly ready: (worker: PolicyWorker<Job>) => void;
  /** `status` is one of `JOB_…`; the text is the result or the reason. */
  readonly finished: (job: Job, status: number, text: string) => void;
  readonly idle: (worker: PolicyWorker<Job>) => void;
  /** The thread is gone, by itself; `end()` gives its jobs back. */
  readonly died: (worker: PolicyWorker<Job>, reason: string) => void;
}

/** A thread with its jobs. */
export class PolicyWorker<Job extends WorkerJob> {
  readonly #thread: Worker;
  readonly #status = new SharedArrayBuffer(STATUS_BYTES);
  readonly #shared = new BigInt64Array(this.#status);
  readonly #events: PolicyWorkerEvents<Job>;
  /** In the order in which the worker takes them. */
  readonly #jobs = new Map<number, Job>();
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

  /** Batches that were sent and not answered. */
  get batches(): number {
    return this.#batches;
  }

  /** The job that runs now, if any: read from shared memory, without asking a thread that cannot answer. */
  get running(): Job | undefined {
    return this.#jobs.get(Number(Atomics.load(this.#shared, STATUS_RUNNING)));
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
      this.#jobs.set(job.number, job);
    }
    this.#batches += 1;
    const batch: WorkerBatch = { jobs: header, inputs: inputs.buffer, nowMs };
    this.#thread.postMessage(batch, [inputs.buffer]);
  }

  /** Takes back the jobs that have not begun: they are the caller's again, and the worker will skip them. */
  takeBack(): readonly Job[] {
    const running = this.running;
    const last = [...this.#jobs.keys()].at(-1) ?? 0;
    Atomics.store(this.#shared, STATUS_TAKEN_BACK, BigInt(last));
    const taken = [...this.#jobs.values()].filter((job) => job !== running);
    for (const { number } of taken) this.#jobs.delete(number);
    return taken;
  }

  /** Ends the thread at once, whatever it does, and gives back every job that it had. */
  end(): readonly Job[] {
    this.#ended = true;
    void this.#thread.terminate();
    const jobs = [...this.#jobs.values()];
    this.#jobs.clear();
    return jobs;
  }

  /** Ends the thread and waits until it is gone. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#thread.terminate();
  }

  /**
   * Lets every other thread go first from now on. For good: taking it back would need a privilege.
   * A policy that runs away must not take the processor from those that judge.
   */
  yieldProcessor(): void {
    if (this.#osThreadId === undefined || this.#yielding) return;
    this.#yielding = true;
    try {
      // On Linux a priority belongs to a thread, and a thread's number is taken for a process's.
      setPriority(this.#osThreadId, constants.priority.PRIORITY_LOW);
    } catch {
      // Some sandboxes forbid it. The watchdog ends the job at its deadline in any case.
    }
  }

  #becomeReady({ osThreadId }: WorkerReady): void {
    this.#osThreadId = osThreadId;
    this.#events.ready(this);
  }

  #receive(results: WorkerResults): void {
    this.#batches -= 1;
    for (let index = 0; index + 2 < results.length; index += 3) {
      const number = Number(results[index]);
      const job = this.#jobs.get(number);
      // Taken back in the very moment in which it began: the other worker's answer counts.
      if (!job) continue;
      this.#jobs.delete(number);
      this.#events.finished(job, Number(results[index + 1]), String(results[index + 2]));
    }
    this.#events.idle(this);
  }
}
