/**
 * Runs one thread after the other: starts it, watches whether it answers, and starts it again with back-off when it dies. A fault
 * of the thread is reported and never stops admission.
 */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { HoldfastError, type ErrorCode } from '../errors.ts';
import { logForwarded } from '../telemetry/forwarded-logger.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsIntake } from '../telemetry/metrics.ts';
import type { ThreadCommand, ThreadMessage } from './thread-messages.ts';

/** As in "the delivery thread". */
export type ThreadName = 'dashboard' | 'delivery' | 'commit' | 'drift' | 'image' | 'intake';

export interface ThreadDescription {
  readonly name: ThreadName;
  /** The script. */
  readonly entry: URL;
  /** A thread that exceeds this ends, and the process continues. */
  readonly heapMbMax: number;
  readonly endedCode: ErrorCode;
  /** What happens while no thread runs, for messages: `records wait in the journal`. */
  readonly meanwhile: string;
  readonly runningMetric: `holdfast_${ThreadName}_thread_running`;
  readonly restartsMetric: `holdfast_${ThreadName}_thread_restarts_total`;
}

export interface SupervisedThreadOptions<Start, Result> {
  readonly description: ThreadDescription;
  /** What each thread is started with. */
  readonly start: Start;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onResult: (result: Result) => void;
  /** A thread ended, whatever it was doing. */
  readonly onEnded?: (() => void) | undefined;
}

export interface SupervisionDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsIntake;
}

/** A fault that lasts must not fill the log; one that does not must not hold anybody up. */
const RESTART_MS = 1000;
/** The back-off doubles up to this. */
const RESTART_MS_MAX = 60_000;
/** After this time a thread counts as recovered, and the restart back-off is reset. */
const RECOVERED_MS = 60_000;
/** It reports twice a second: without a report for this long, a warning is logged, */
const SILENT_MS = 10_000;
/** and after this long, it is terminated and restarted. */
const STUCK_MS = 60_000;
const WATCH_MS = 1000;
const TERMINATE_MS = 2000;
/** V8 lets what is young take 96 MiB of each thread, and gives none of it back while there is work: that would be a fifth of the container. */
const YOUNG_HEAP_MB_MAX = 16;

/** One thread after the other. */
export class SupervisedThread<Start, Order, Result> {
  readonly #options: SupervisedThreadOptions<Start, Result>;
  readonly #dependencies: SupervisionDependencies;
  #thread: ThreadWorker<Start, Order, Result> | undefined;
  #isAnswering = false;
  #problem: string | undefined;
  /** Why there is no thread; `undefined` if one runs. */
  #fault: string | undefined;
  #failures = 0;
  #startedAtMs = 0;
  #heardAtMs = 0;
  /** Only then a fault causes a restart. */
  #isSupervised = false;
  #isClosing = false;
  #restart: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;

  constructor(
    options: SupervisedThreadOptions<Start, Result>,
    dependencies: SupervisionDependencies,
  ) {
    this.#options = options;
    this.#dependencies = dependencies;
  }

  /** Whether orders are taken now. */
  get isRunning(): boolean {
    return this.#isAnswering;
  }

  /** Resolves when the thread has started; rejects with a `HoldfastError` if it cannot, and leaves nothing running. */
  async start(): Promise<void> {
    await this.#run();
    this.#supervise();
  }

  /** Resolves when the thread has started or failed to; in the second case it is tried again, as after every fault. */
  async startOrRetry(): Promise<void> {
    this.#supervise();
    // The fault is logged and told where the thread ends.
    await this.#run().catch(() => undefined);
  }

  /** To the thread that runs; lost if none does, or if it ends before it has dealt with it. */
  order(order: Order): void {
    this.#thread?.send({ kind: 'order', order });
  }

  /** What has stopped until somebody intervenes; never a reason for being unready. */
  readonly problem = (): string | undefined => {
    const { name, endedCode, meanwhile } = this.#options.description;
    if (this.#fault !== undefined) {
      return `the ${name} thread ended: ${this.#fault} (${endedCode}); ${meanwhile} until it runs again`;
    }
    const silentMs = this.#silentMs();
    if (silentMs < SILENT_MS) return this.#problem;
    return `the ${name} thread has not answered for ${Math.round(silentMs / 1000)} s; ${meanwhile}`;
  };

  /** Gives the thread this time to finish, then terminates it in any case. */
  async close(withinMs: number): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#restart);
    clearInterval(this.#watch);
    const isInTime = await this.#thread?.stop(withinMs);
    if (isInTime === false) {
      const { name } = this.#options.description;
      this.#dependencies.logger.warn(`The ${name} thread did not end in time and was ended`);
    }
  }

  #supervise(): void {
    this.#isSupervised = true;
    this.#watch = setInterval(() => {
      this.#look();
    }, WATCH_MS);
    this.#watch.unref();
  }

  async #run(): Promise<void> {
    const { description, environment, start } = this.#options;
    const thread = new ThreadWorker<Start, Order, Result>(description, environment, (message) => {
      this.#hear(message);
    });
    this.#thread = thread;
    this.#startedAtMs = this.#heardAtMs = this.#dependencies.clock.monotonicMs();
    void thread.ended.then((reason) => {
      this.#end(reason);
    });
    await thread.start(start);
    this.#fault = undefined;
    this.#isAnswering = true;
    this.#dependencies.metrics.set(description.runningMetric, 1);
  }

  #hear(message: ThreadMessage<Result>): void {
    this.#heardAtMs = this.#dependencies.clock.monotonicMs();
    switch (message.kind) {
      case 'log':
        logForwarded(this.#dependencies.logger, message.entry);
        return;
      case 'report':
        this.#dependencies.metrics.apply(message.metrics);
        this.#problem = message.problem;
        return;
      case 'result':
        this.#options.onResult(message.result);
        return;
      case 'started':
      case 'failed':
      case 'stopped':
    }
  }

  #end(reason: string): void {
    const { description, onEnded } = this.#options;
    const { name, endedCode, meanwhile, runningMetric, restartsMetric } = description;
    this.#thread = undefined;
    this.#isAnswering = false;
    this.#dependencies.metrics.set(runningMetric, 0);
    onEnded?.();
    if (this.#isClosing || !this.#isSupervised) return;
    const { clock, logger } = this.#dependencies;
    if (clock.monotonicMs() - this.#startedAtMs >= RECOVERED_MS) this.#failures = 0;
    this.#failures += 1;
    this.#fault = reason;
    const waitMs = Math.min(RESTART_MS_MAX, RESTART_MS * 2 ** (this.#failures - 1));
    logger.error(`The ${name} thread ended and is started again; ${meanwhile}`, {
      code: endedCode,
      reason,
      failures: this.#failures,
      waitMs,
    });
    this.#restart = setTimeout(() => {
      this.#dependencies.metrics.increment(restartsMetric);
      // If it fails, the thread has ended, and the next attempt is already scheduled.
      this.#run().catch(() => undefined);
    }, waitMs);
    this.#restart.unref();
  }

  #look(): void {
    if (this.#thread !== undefined && this.#silentMs() >= STUCK_MS) void this.#thread.terminate();
  }

  #silentMs(): number {
    return this.#thread === undefined
      ? 0
      : this.#dependencies.clock.monotonicMs() - this.#heardAtMs;
  }
}

/** A thread, from its start to its end. */
class ThreadWorker<Start, Order, Result> {
  /** Resolves when the thread has ended, with the reason. */
  readonly ended: Promise<string>;
  readonly #description: ThreadDescription;
  readonly #worker: Worker;
  readonly #answered = Promise.withResolvers<ThreadMessage<Result> | undefined>();
  #reason = 'it ended by itself';

  constructor(
    description: ThreadDescription,
    environment: Readonly<Record<string, string | undefined>>,
    onMessage: (message: ThreadMessage<Result>) => void,
  ) {
    this.#description = description;
    this.#worker = new Worker(description.entry, {
      name: description.name,
      // The environment of this process: the API server client and secret references read it.
      env: { ...environment },
      execArgv: [],
      resourceLimits: {
        maxOldGenerationSizeMb: description.heapMbMax,
        maxYoungGenerationSizeMb: YOUNG_HEAP_MB_MAX,
      },
    });
    this.#worker.on('message', (message: ThreadMessage<Result>) => {
      onMessage(message);
      if (message.kind === 'started') this.#answered.resolve(message);
      if (message.kind === 'failed') {
        this.#reason = `${message.message} (${message.code})`;
        this.#answered.resolve(message);
        void this.#worker.terminate();
      }
      // Open connections must not keep the thread alive.
      if (message.kind === 'stopped') void this.#worker.terminate();
    });
    this.#worker.on('error', (error) => {
      this.#reason = errorText(error);
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#answered.resolve(undefined);
        resolve(this.#reason);
      });
    });
  }

  send(command: ThreadCommand<Start, Order>): void {
    this.#worker.postMessage(command);
  }

  async start(start: Start): Promise<void> {
    this.send({ kind: 'start', start });
    const answer = await this.#answered.promise;
    if (answer?.kind === 'started') return;
    await this.ended;
    if (answer?.kind === 'failed') throw new HoldfastError(answer.code, answer.message);
    const { name, endedCode } = this.#description;
    throw new HoldfastError(endedCode, `The ${name} thread ended: ${this.#reason}`);
  }

  /** Whether it ended by itself in time. */
  async stop(withinMs: number): Promise<boolean> {
    this.send({ kind: 'stop' });
    const isInTime = await endsWithin(this.ended, withinMs);
    if (!isInTime) await this.terminate();
    return isInTime;
  }

  /** Not awaited without limit: a thread that is blocked by a disk cannot be terminated. */
  async terminate(): Promise<void> {
    this.#reason = 'it did not answer';
    await endsWithin(this.#worker.terminate(), TERMINATE_MS);
  }
}

async function endsWithin(ending: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, ms);
  });
  const isInTime = await Promise.race([ending.then(() => true), late]);
  clearTimeout(timer);
  return isInTime;
}
