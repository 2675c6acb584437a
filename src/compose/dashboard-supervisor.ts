/** Runs the dashboard thread from the main thread. Its faults are reported and never stop admission. */
import { extname } from 'node:path';
import type { Journal } from '../audit/journal.ts';
import { SharedSequence } from '../audit/journal/shared-sequence.ts';
import type {
  DashboardConfiguration,
  DashboardStart,
  ListeningDashboard,
} from './dashboard-messages.ts';
import { SupervisedThread, type SupervisionDependencies } from './supervised-thread.ts';

export interface DashboardSupervisorOptions {
  readonly configuration: DashboardConfiguration;
  /** The folder of the journal. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
}

export interface DashboardSupervisorDependencies extends SupervisionDependencies {
  readonly journal: Pick<Journal, 'lastSequence' | 'onAppended'>;
}

/** The source tree and a compiled package have the same file name with different extensions. */
const EXTENSION = extname(import.meta.url);
const ENTRY = new URL(`./dashboard-thread${EXTENSION}`, import.meta.url);
/** A page of the largest records, and its text, for each of a few people. */
const HEAP_MB_MAX = 256;
/** Streams are ended at once, and nothing is left to finish. */
const CLOSE_MS = 2000;

/** One dashboard thread after the other. */
export class DashboardSupervisor {
  readonly #journal: DashboardSupervisorDependencies['journal'];
  readonly #newest = new SharedSequence();
  readonly #thread: SupervisedThread<DashboardStart, never, ListeningDashboard>;
  #url: string | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(options: DashboardSupervisorOptions, dependencies: DashboardSupervisorDependencies) {
    this.#journal = dependencies.journal;
    const { configuration, folder, environment, replica } = options;
    const { alerts, audit, cluster, dashboard, kubernetes, limits } = configuration;
    this.#thread = new SupervisedThread(
      {
        description: {
          name: 'dashboard',
          entry: ENTRY,
          heapMbMax: HEAP_MB_MAX,
          endedCode: 'dashboard_thread_ended',
          meanwhile: 'no page is served',
          runningMetric: 'holdfast_dashboard_thread_running',
          restartsMetric: 'holdfast_dashboard_thread_restarts_total',
        },
        start: {
          configuration: { alerts, audit, cluster, dashboard, kubernetes, limits },
          folder,
          newest: this.#newest.memory,
          environment: { ...environment },
          replica,
        },
        environment,
        onResult: ({ url }) => {
          this.#url = url;
        },
      },
      dependencies,
    );
  }

  /** Nobody waits for it. */
  start(): void {
    this.#unsubscribe = this.#newest.follow(this.#journal);
    void this.#thread.startOrRetry();
  }

  /** Where it listens; absent while it does not. */
  get url(): string | undefined {
    return this.#thread.isRunning ? this.#url : undefined;
  }

  /** Why no page is served; never a reason for being unready. */
  readonly problem = (): string | undefined => this.#thread.problem();

  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#thread.close(CLOSE_MS);
  }
}
