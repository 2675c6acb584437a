/**
 * A fixed number of worker threads, a bounded queue before them, and a watchdog that terminates a worker whose job
 * takes too long.
 *
 *     run ─> queue ─> worker (several jobs in flight) ─> result
 *       │       │        └─ slow: jobs behind it move to another worker; at its deadline the worker is ended,
 *       │       │           and a spare that is already warm takes its place
 *       │       └─ request deadline passed: failed
 *       └─ queue full: failed at once
 */
import type { MonotonicMs } from '../base/clock.ts';
import { HoldfastError } from '../errors.ts';
import { PolicyWorker } from './policy-worker.ts';
import {
  fail,
  readResult,
  type Job,
  type PoolEvents,
  type PoolOptions,
  type PoolRequest,
  type PoolResult,
} from './pool-job.ts';
import { PoolProgress } from './pool-progress.ts';
import * as timing from './pool-timing.ts';
import { builtinRulesOf } from './wasm/builtin-rules.ts';

type JobWorker = PolicyWorker<Job>;

/** Runs jobs; see the diagram above. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #events: PoolEvents;
  readonly #progress: PoolProgress;
  readonly #queue: Job[] = [];
  readonly #suspects: Job[] = [];
  readonly #workers: JobWorker[] = [];
  /** Warm spare workers: replace a terminated worker without delaying a request. */
  readonly #spares: JobWorker[] = [];
  readonly #starting = new Set<JobWorker>();
  /** Workers whose job runs long: a spare replaces them meanwhile. */
  readonly #stuck = new Set<JobWorker>();
  /** Workers that run a suspect job, or finish their jobs to run one next. */
  readonly #guarded = new Set<JobWorker>();
  #number = 0;
  #watch: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #refilling: NodeJS.Timeout | undefined;
  #closed = false;
  #startFailure: string | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: PoolOptions, events: PoolEvents) {
    this.#options = options;
    this.#events = events;
    this.#progress = new PoolProgress(options.clock);
    this.#fill();
  }

  /** Queued jobs. */
  get queueLength(): number {
    return this.#queue.length + this.#suspects.length;
  }

  /** Whether it is open, and waiting for it helps nobody: see `PoolProgress`. */
  get isIdleOrStuck(): boolean {
    return !this.#closed && this.#progress.isIdleOrStuck;
  }

  /** Resolves when all workers are ready; rejects if one of them cannot start. */
  async ready(): Promise<void> {
    while (this.#workers.length < this.#options.workers && !this.#closed) {
      if (this.#startFailure !== undefined) {
        const reason = `A policy worker cannot start: ${this.#startFailure}`;
        throw new HoldfastError('policy_worker_died', reason);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Runs a job. Never rejects. */
  run(request: PoolRequest): Promise<PoolResult> {
    if (this.#closed) {
      return Promise.resolve(fail('policy_worker_died', 'the policy engine is closed'));
    }
    if (this.queueLength >= this.#options.queueLengthMax) {
      return Promise.resolve(
        fail('policy_queue_full', `${this.#options.queueLengthMax} evaluations wait already`),
      );
    }
    return new Promise((resolve) => {
      this.#progress.begin(request);
      const { input } = request;
      const job: Job = {
        number: 0,
        input,
        ...builtinRulesOf(request),
        request,
        settle: resolve,
        seenAtMs: undefined,
        slow: false,
        overtaken: false,
      };
      this.#queue.push(job);
      this.#dispatch();
      this.#watch ??= setInterval(() => this.#inspect(), timing.WATCH_INTERVAL_MS).unref();
    });
  }

  /** Waits for the current jobs, then ends all workers. */
  async drain(): Promise<void> {
    while (!this.#progress.isIdle && !this.#closed) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    await this.close();
  }

  /** Terminates all workers at once; current jobs fail. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    clearTimeout(this.#restart);
    clearTimeout(this.#refilling);
    const workers = [...this.#workers, ...this.#spares, ...this.#starting];
    const jobs = workers.flatMap((worker) => worker.end());
    for (const job of [...jobs, ...this.#queue.splice(0), ...this.#suspects.splice(0)]) {
      this.#settle(job, fail('policy_worker_died', 'the policy engine was closed'));
    }
    this.#wake();
    await Promise.all(workers.map((worker) => worker.close()));
  }

  /** Starts missing workers: all workers and one spare. */
  #fill(): void {
    if (this.#closed) return;
    const wanted = this.#wanted + timing.SPARES;
    while (this.#workers.length + this.#spares.length + this.#starting.size < wanted) {
      this.#starting.add(this.#startWorker());
    }
  }

  /** Starts missing workers: at once if none is available, else when the pool is quiet again. */
  #refill(): void {
    const judging = this.#workers.length - this.#occupied + this.#spares.length;
    if (judging < 1) {
      this.#fill();
      return;
    }
    this.#refilling ??= setTimeout(() => {
      this.#refilling = undefined;
      this.#fill();
    }, timing.REFILL_DELAY_MS).unref();
  }

  #startWorker(): JobWorker {
    const { module, data, memoryPagesMax, entry } = this.#options;
    return new PolicyWorker<Job>(
      { module, data, memoryPagesMax, entry },
      {
        ready: (worker) => this.#join(worker),
        finished: (job, ended) => this.#settle(job, readResult(ended)),
        idle: (worker) => this.#becomeIdle(worker),
        died: (worker, reason) => this.#bury(worker, reason),
      },
    );
  }

  #join(worker: JobWorker): void {
    this.#starting.delete(worker);
    this.#startFailure = undefined;
    this.#spares.push(worker);
    this.#promote();
    this.#wake();
    this.#dispatch();
  }

  #promote(): void {
    while (this.#workers.length < this.#wanted) {
      const spare = this.#spares.pop();
      if (!spare) return;
      this.#workers.push(spare);
    }
  }

  #settle(job: Job, result: PoolResult): void {
    this.#progress.finish(job.request);
    job.settle(result);
    if (this.#progress.isIdle) this.#wake();
  }

  #becomeIdle(worker: JobWorker): void {
    if (worker.batches === 0) this.#release(worker);
    this.#dispatch();
  }

  /** It has nothing to do. There may be one worker too many now: for a suspect, or while a slow job ran. */
  #release(worker: JobWorker): void {
    const wasGuarded = this.#guarded.delete(worker);
    const wasStuck = this.#stuck.delete(worker);
    if (!wasGuarded && !wasStuck) return;
    // One with the lowest priority is no longer useful.
    if (this.#workers.length <= this.#wanted && !worker.yielding) return;
    this.#workers.splice(this.#workers.indexOf(worker), 1);
    if (!worker.yielding && this.#spares.length < timing.SPARES) this.#spares.push(worker);
    else worker.end();
    this.#promote();
    this.#refill();
  }

  /** As many workers as configured, and substitutes for those that are occupied. */
  get #wanted(): number {
    return this.#options.workers + Math.min(this.#occupied, timing.SUBSTITUTES_MAX);
  }

  /** Workers that are stuck; the only one is occupied also while it is reserved for suspects. */
  get #occupied(): number {
    if (this.#options.workers > 1) return this.#stuck.size;
    return this.#workers.filter((worker) => this.#isReserved(worker)).length;
  }

  #dispatch(): void {
    this.#dispatchSuspects();
    this.#dispatchJobs();
    // Jobs turn out to be suspect only when their turn comes.
    this.#dispatchSuspects();
  }

  #dispatchJobs(): void {
    for (let inFlight = 0; inFlight < timing.BATCHES_IN_FLIGHT_MAX; inFlight += 1) {
      for (const worker of this.#workers) {
        if (this.#queue.length === 0) return;
        if (worker.batches !== inFlight || this.#isReserved(worker)) continue;
        const share = Math.ceil(this.#queue.length / this.#workers.length);
        const jobs = this.#takeJobs(Math.min(share, timing.BATCH_JOBS_MAX));
        if (jobs.length > 0) this.#send(worker, jobs);
      }
    }
  }

  /** The next jobs that are above suspicion. */
  #takeJobs(countMax: number): readonly Job[] {
    const jobs: Job[] = [];
    while (jobs.length < countMax) {
      const job = this.#queue.shift();
      if (!job) break;
      if (job.request.isSuspect()) this.#suspects.push(job);
      else if (!this.#settleQuarantined(job)) jobs.push(job);
    }
    return jobs;
  }

  #settleQuarantined(job: Job): boolean {
    if (!job.request.isQuarantined()) return false;
    this.#settle(job, fail('policy_quarantined', 'ended too often'));
    return true;
  }

  #isReserved(worker: JobWorker): boolean {
    return this.#guarded.has(worker) || this.#stuck.has(worker);
  }

  /** At least one worker is kept for jobs that are above suspicion, unless there is only one and no spare. */
  #dispatchSuspects(): void {
    const guardedMax = Math.max(1, this.#options.workers - 1);
    while (this.#suspects.length > 0 && this.#guarded.size < guardedMax) {
      const free = this.#workers.filter((worker) => !this.#isReserved(worker));
      const worker = free.toSorted((a, b) => a.batches - b.batches)[0];
      if (!worker) return;
      // Guarded from now on: it gets nothing new, so that the suspect's turn comes even under constant load.
      this.#guarded.add(worker);
      this.#promote();
    }
    for (const worker of this.#guarded) {
      const job = worker.batches === 0 ? this.#nextSuspect() : undefined;
      if (job) this.#send(worker, [job]);
      else if (worker.batches === 0) this.#release(worker);
    }
  }

  #nextSuspect(): Job | undefined {
    for (let job = this.#suspects.shift(); job; job = this.#suspects.shift()) {
      if (!this.#settleQuarantined(job)) return job;
    }
    return undefined;
  }

  #send(worker: JobWorker, jobs: readonly Job[]): void {
    for (const job of jobs) {
      this.#number += 1;
      job.number = this.#number;
      job.seenAtMs = undefined;
    }
    worker.send(jobs, this.#options.clock.wallMs());
  }

  /** The watchdog's round. */
  #inspect(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const queue of [this.#queue, this.#suspects]) this.#expire(queue, nowMs);
    for (const worker of this.#workers.slice()) this.#inspectWorker(worker, nowMs);
    if (!this.#progress.isIdle) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #inspectWorker(worker: JobWorker, nowMs: MonotonicMs): void {
    const job = worker.running;
    if (!job) return;
    job.seenAtMs ??= nowMs;
    const ranMs = nowMs - job.seenAtMs;
    const { budgetMs, allowanceMs, isLong } = job.request;
    if (ranMs >= budgetMs) {
      this.#kill(worker, job);
      return;
    }
    if (ranMs >= timing.YIELD_MS + allowanceMs) worker.yieldProcessor();
    const overtakeMs = isLong ? 0 : timing.OVERTAKE_MS;
    if (ranMs >= timing.SLOW_MS + allowanceMs) this.#suspect(worker, job);
    else if (ranMs >= overtakeMs && this.#hasOther(worker)) this.#overtake(worker, job);
  }

  #suspect(worker: JobWorker, job: Job): void {
    if (job.slow) return;
    job.slow = true;
    job.request.onSlow?.();
    this.#overtake(worker, job);
    this.#refill();
  }

  /** What waits behind the running job goes to another worker, or waits for one. */
  #overtake(worker: JobWorker, job: Job): void {
    if (job.overtaken) return;
    job.overtaken = true;
    this.#stuck.add(worker);
    this.#queue.unshift(...worker.takeBack());
    this.#promote();
    this.#dispatch();
  }

  /** Whether another worker can take jobs at once. */
  #hasOther(worker: JobWorker): boolean {
    if (this.#spares.length > 0) return true;
    return this.#workers.some((other) => other !== worker && !this.#isReserved(other));
  }

  #expire(queue: Job[], nowMs: MonotonicMs): void {
    if (!queue.some(({ request }) => request.deadlineAtMs <= nowMs)) return;
    for (const job of queue.splice(0)) {
      if (job.request.deadlineAtMs > nowMs) queue.push(job);
      else this.#settle(job, fail('request_deadline_exceeded', 'no worker was free in time'));
    }
  }

  #kill(worker: JobWorker, guilty: Job): void {
    const innocents = worker.end().filter((job) => job !== guilty);
    this.#events.killed();
    this.#replace(worker, innocents, 'an evaluation missed its deadline');
    const { budgetMs } = guilty.request;
    this.#settle(
      guilty,
      fail('policy_deadline_exceeded', `not finished after ${Math.round(budgetMs)} ms`),
    );
  }

  /** A worker that ended by itself: the running job is at fault, the others are not. */
  #bury(worker: JobWorker, reason: string): void {
    if (!this.#workers.includes(worker)) {
      if (this.#starting.delete(worker)) this.#startFailure = reason;
      this.#wake();
      if (this.#spares.includes(worker)) this.#spares.splice(this.#spares.indexOf(worker), 1);
      this.#events.restarted(reason);
      this.#restart ??= setTimeout(() => this.#fillLater(), timing.RESTART_DELAY_MS).unref();
      return;
    }
    const guilty = worker.running;
    const innocents = worker.end().filter((job) => job !== guilty);
    this.#replace(worker, innocents, reason);
    if (guilty) this.#settle(guilty, fail('policy_worker_died', `the worker died: ${reason}`));
  }

  #fillLater(): void {
    this.#restart = undefined;
    this.#fill();
  }

  #replace(worker: JobWorker, innocents: readonly Job[], reason: string): void {
    this.#guarded.delete(worker);
    this.#stuck.delete(worker);
    this.#workers.splice(this.#workers.indexOf(worker), 1);
    this.#queue.unshift(...innocents);
    this.#events.restarted(reason);
    this.#promote();
    this.#refill();
    this.#dispatch();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
