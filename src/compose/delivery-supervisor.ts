/**
 * Runs the delivery thread from the main thread and tracks its progress. Its faults are reported and never stop admission;
 * undelivered records wait in the journal.
 */
import { extname } from 'node:path';
import type { Journal } from '../audit/journal.ts';
import { SharedSequence } from '../audit/journal/shared-sequence.ts';
import { AdmissionUtilization } from '../delivery/admission-utilization.ts';
import type {
  DeliveryConfiguration,
  DeliveryProgress,
  DeliveryStart,
} from './delivery-messages.ts';
import { SupervisedThread, type SupervisionDependencies } from './supervised-thread.ts';

export interface DeliverySupervisorOptions {
  readonly configuration: DeliveryConfiguration;
  /** The folder of the journal. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
  /** The script of the thread. @default delivery-thread.ts beside this file */
  readonly entry?: URL | undefined;
}

export interface DeliverySupervisorDependencies extends SupervisionDependencies {
  readonly journal: Pick<Journal, 'lastSequence' | 'onAppended'>;
}

/** The source tree and a compiled package have the same file name with different extensions. */
const EXTENSION = extname(import.meta.url);
const ENTRY = new URL(`./delivery-thread${EXTENSION}`, import.meta.url);
/** Pages of the journal and batches of sinks take a tenth of it. */
const HEAP_MB_MAX = 512;
/** In addition to the time for final delivery: to end sends, files and leases. */
const CLOSE_GRACE_MS = 10_000;

/** One delivery thread after the other. */
export class DeliverySupervisor {
  readonly #options: DeliverySupervisorOptions;
  readonly #journal: DeliverySupervisorDependencies['journal'];
  readonly #newest = new SharedSequence();
  readonly #utilization = new AdmissionUtilization();
  readonly #thread: SupervisedThread<DeliveryStart, never, DeliveryProgress>;
  #settledThrough = 0;
  #unsubscribe: () => void = () => undefined;

  constructor(options: DeliverySupervisorOptions, dependencies: DeliverySupervisorDependencies) {
    this.#options = options;
    this.#journal = dependencies.journal;
    const { configuration, folder, environment, replica, entry = ENTRY } = options;
    const { alerts, audit, cluster, dashboard, kubernetes, traces } = configuration;
    this.#thread = new SupervisedThread(
      {
        description: {
          name: 'delivery',
          entry,
          heapMbMax: HEAP_MB_MAX,
          endedCode: 'delivery_thread_ended',
          meanwhile: 'records wait in the journal',
          runningMetric: 'holdfast_delivery_thread_running',
          restartsMetric: 'holdfast_delivery_thread_restarts_total',
        },
        start: {
          configuration: { alerts, audit, cluster, dashboard, kubernetes, traces },
          folder,
          newest: this.#newest.memory,
          utilization: this.#utilization.memory,
          environment: { ...environment },
          replica,
        },
        environment,
        onResult: ({ settledThrough }) => {
          // A thread that fails to start must not lower the durable progress of the previous one.
          this.#settledThrough = Math.max(this.#settledThrough, settledThrough);
        },
      },
      dependencies,
    );
  }

  /**
   * Resolves when delivery has started; rejects with a `HoldfastError` if a part cannot start, and leaves
   * nothing running.
   */
  async start(): Promise<void> {
    const unsubscribe = this.#newest.follow(this.#journal);
    const endUtilization = this.#utilization.publish();
    this.#unsubscribe = () => {
      unsubscribe();
      endUtilization();
    };
    try {
      await this.#thread.start();
    } catch (fault) {
      this.#unsubscribe();
      throw fault;
    }
  }

  /**
   * The last entry that is no longer needed. It does not advance without a thread: the journal keeps later
   * entries.
   */
  readonly settledThrough = (): number => this.#settledThrough;

  /** Deliveries that have stopped until somebody intervenes; never a reason for being unready. */
  readonly problem = (): string | undefined => this.#thread.problem();

  /** Gives working sinks time for the remaining records, then terminates the thread in any case. */
  async close(): Promise<void> {
    this.#newest.publish(this.#journal.lastSequence());
    this.#unsubscribe();
    const { sinks } = this.#options.configuration.audit;
    const closeMs = Math.max(0, ...sinks.map(({ delivery }) => delivery.closeMs));
    await this.#thread.close(closeMs + CLOSE_GRACE_MS);
  }
}
