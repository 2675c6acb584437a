/**
 * Runs the delivery thread from the main thread: starts it, restarts it when it dies, and tracks its progress. Its
 * faults are reported and never stop admission; undelivered records wait in the journal.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Journal } from '../audit/journal.ts';
import { SharedSequence } from '../audit/journal/shared-sequence.ts';
import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { HoldfastError } from '../errors.ts';
import { logForwarded } from '../telemetry/forwarded-logger.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics, MetricsIntake } from '../telemetry/metrics.ts';
import type { DeliveryConfiguration, DeliveryMessage, DeliveryStart } from './delivery-messages.ts';

export interface DeliverySupervisorOptions {
  readonly configuration: DeliveryConfiguration;
  /** The folder of the journal. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
  /** The script of the thread. @default delivery-thread.ts beside this file */
  readonly entry?: URL | undefined;
}

export interface DeliverySupervisorDependencies {
  readonly journal: Pick<Journal, 'lastSequence' | 'onAppended'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics & MetricsIntake;
}

/** The source tree and a compiled package have the same file name with different extensions. */
const EXTENSION = extname(import.meta.url);
const ENTRY = new URL(`./delivery-thread${EXTENSION}`, import.meta.url);
/** A thread that exceeds this ends, and the process continues. */
const HEAP_MB_MAX = 512;
const RESTART_MS = 1000;
const RESTART_MS_MAX = 60_000;
/** After this time a thread counts as recovered, and the restart back-off is reset. */
const RECOVERED_MS = 60_000;
/** It reports twice a second: without a report for this long, a warning is logged, */
const SILENT_MS = 10_000;
/** and after this long, it is terminated and restarted. */
const STUCK_MS = 60_000;
const WATCH_MS = 1000;
/** In addition to the time for final delivery: to end sends, files and leases. */
const CLOSE_GRACE_MS = 10_000;
const TERMINATE_MS = 2000;

/** One delivery thread after the other. */
export class DeliverySupervisor {
  readonly #options: DeliverySupervisorOptions;
  readonly #dependencies: DeliverySupervisorDependencies;
  readonly #newest = new SharedSequence();
  #thread: DeliveryWorker | undefined;
  #settledThrough = 0;
  #problem: string | undefined;
  /** Why there is no thread; `undefined` if one runs. */
  #fault: string | undefined;
  #failures = 0;
  #startedAtMs = 0;
  #heardAtMs = 0;
  /** Whether it has started once: only then a fault causes a restart. */
  #isStarted = false;
  #isClosing = false;
  #restart: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(options: DeliverySupervisorOptions, dependencies: DeliverySupervisorDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
  }

  /**
   * Resolves when delivery has started; rejects with a `HoldfastError` if a part cannot start, and leaves
   * nothing running.
   */
  async start(): Promise<void> {
    const { journal } = this.#dependencies;
    const publish = (): void => {
      this.#newest.publish(journal.lastSequence());
    };
    publish();
    this.#unsubscribe = journal.onAppended(publish);
    try {
      await this.#run();
    } catch (fault) {
      this.#unsubscribe();
      throw fault;
    }
    this.#isStarted = true;
    this.#watch = setInterval(() => {
      this.#look();
    }, WATCH_MS);
    this.#watch.unref();
  }

  /**
   * The last entry that is no longer needed. It does not advance without a thread: the journal keeps later
   * entries.
   */
  readonly settledThrough = (): number => this.#settledThrough;

  /** Deliveries that have stopped until somebody intervenes; never a reason for being unready. */
  readonly problem = (): string | undefined => {
    if (this.#fault !== undefined) {
      return `the delivery thread ended: ${this.#fault} (delivery_thread_ended); records wait in the journal until it runs again`;
    }
    const silentMs = this.#silentMs();
    if (silentMs < SILENT_MS) return this.#problem;
    return `the delivery thread has not answered for ${Math.round(silentMs / 1000)} s; records wait in the journal`;
  };

  /** Gives working sinks time for the remaining records, then terminates the thread in any case. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#restart);
    clearInterval(this.#watch);
    this.#newest.publish(this.#dependencies.journal.lastSequence());
    this.#unsubscribe();
    const { sinks } = this.#options.configuration.audit;
    const closeMs = Math.max(0, ...sinks.map(({ delivery }) => delivery.closeMs));
    const isInTime = await this.#thread?.stop(closeMs + CLOSE_GRACE_MS);
    if (isInTime === false) {
      this.#dependencies.logger.warn('The delivery thread did not end in time and was ended');
    }
  }

  async #run(): Promise<void> {
    const { configuration, folder, environment, replica, entry = ENTRY } = this.#options;
    const { alerts, audit, cluster, kubernetes } = configuration;
    const thread = new DeliveryWorker(entry, environment, (message) => {
      this.#hear(message);
    });
    this.#thread = thread;
    this.#startedAtMs = this.#heardAtMs = this.#dependencies.clock.monotonicMs();
    void thread.ended.then((reason) => {
      this.#end(reason);
    });
    await thread.start({
      kind: 'start',
      configuration: { alerts, audit, cluster, kubernetes },
      folder,
      newest: this.#newest.memory,
      environment: { ...environment },
      replica,
    });
    this.#fault = undefined;
    this.#dependencies.metrics.set('holdfast_delivery_thread_running', 1);
  }

  #hear(message: DeliveryMessage): void {
    this.#heardAtMs = this.#dependencies.clock.monotonicMs();
    if (message.kind === 'log') logForwarded(this.#dependencies.logger, message.entry);
    if (message.kind !== 'report') return;
    this.#dependencies.metrics.apply(message.metrics);
    // A thread that fails to start must not lower the durable progress of the previous one.
    this.#settledThrough = Math.max(this.#settledThrough, message.settledThrough);
    this.#problem = message.problem;
  }

  #end(reason: string): void {
    this.#thread = undefined;
    this.#dependencies.metrics.set('holdfast_delivery_thread_running', 0);
    if (this.#isClosing || !this.#isStarted) return;
    const { clock, logger } = this.#dependencies;
    if (clock.monotonicMs() - this.#startedAtMs >= RECOVERED_MS) this.#failures = 0;
    this.#failures += 1;
    this.#fault = reason;
    const waitMs = Math.min(RESTART_MS_MAX, RESTART_MS * 2 ** (this.#failures - 1));
    logger.error('The delivery thread ended and is started again; records wait in the journal', {
      code: 'delivery_thread_ended',
      reason,
      failures: this.#failures,
      waitMs,
    });
    this.#restart = setTimeout(() => {
      this.#dependencies.metrics.increment('holdfast_delivery_thread_restarts_total');
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
class DeliveryWorker {
  /** Resolves when the thread has ended, with the reason. */
  readonly ended: Promise<string>;
  readonly #worker: Worker;
  readonly #answered = Promise.withResolvers<DeliveryMessage | undefined>();
  #reason = 'it ended by itself';

  constructor(
    entry: URL,
    environment: Readonly<Record<string, string | undefined>>,
    onMessage: (message: DeliveryMessage) => void,
  ) {
    this.#worker = new Worker(entry, {
      name: 'delivery',
      // The environment of this process: the API server client and secret references read it.
      env: { ...environment },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    this.#worker.on('message', (message: DeliveryMessage) => {
      onMessage(message);
      if (message.kind === 'started') this.#answered.resolve(message);
      if (message.kind === 'failed') {
        this.#reason = `${message.message} (${message.code})`;
        this.#answered.resolve(message);
        void this.#worker.terminate();
      }
      // Open connections to a target must not keep the thread alive.
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

  async start(message: DeliveryStart): Promise<void> {
    this.#worker.postMessage(message);
    const answer = await this.#answered.promise;
    if (answer?.kind === 'started') return;
    await this.ended;
    if (answer?.kind === 'failed') throw new HoldfastError(answer.code, answer.message);
    const text = `The delivery thread ended: ${this.#reason}`;
    throw new HoldfastError('delivery_thread_ended', text);
  }

  /** Whether it ended by itself in time. */
  async stop(withinMs: number): Promise<boolean> {
    this.#worker.postMessage({ kind: 'stop' });
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
