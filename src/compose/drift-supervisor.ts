/** Runs the drift thread from the main thread, and records what it finds. Its faults are reported and never stop admission. */
import { extname } from 'node:path';
import type { Journal } from '../audit/journal.ts';
import { SharedSequence } from '../audit/journal/shared-sequence.ts';
import { formatDriftRecord } from '../drift/format-drift-record.ts';
import { formatHealingRecord } from '../drift/healing/format-healing-record.ts';
import type {
  DriftConfiguration,
  DriftStart,
  FoundDrift,
  RecordedFinding,
} from './drift-messages.ts';
import { recordFinding, type FindingReporterOptions } from './record-finding.ts';
import { SupervisedThread, type SupervisionDependencies } from './supervised-thread.ts';

export interface DriftSupervisorOptions {
  readonly configuration: DriftConfiguration;
  /** The folder of the journal. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
  /** The script of the thread. @default drift-thread.ts beside this file */
  readonly entry?: URL | undefined;
}

export interface DriftSupervisorDependencies extends SupervisionDependencies {
  readonly journal: Pick<Journal, 'lastSequence' | 'onAppended'>;
  readonly reporter: FindingReporterOptions;
}

/** The source tree and a compiled package have the same file name with different extensions. */
const EXTENSION = extname(import.meta.url);
const ENTRY = new URL(`./drift-thread${EXTENSION}`, import.meta.url);
/** Ten times what a hundred thousand objects take (docs/drift.md). */
const HEAP_MB_MAX = 512;
/** To finish what is judged and to release the Lease. */
const CLOSE_MS = 10_000;

/** One drift thread after the other. */
export class DriftSupervisor {
  readonly #journal: DriftSupervisorDependencies['journal'];
  readonly #reporter: FindingReporterOptions;
  readonly #pathsMax: number;
  readonly #newest = new SharedSequence();
  readonly #thread: SupervisedThread<DriftStart, RecordedFinding, FoundDrift>;
  #unsubscribe: () => void = () => undefined;

  constructor(options: DriftSupervisorOptions, dependencies: DriftSupervisorDependencies) {
    this.#journal = dependencies.journal;
    this.#reporter = dependencies.reporter;
    const { configuration, folder, environment, replica, entry = ENTRY } = options;
    this.#pathsMax = configuration.limits.changedPathsMax;
    this.#thread = new SupervisedThread(
      {
        description: {
          name: 'drift',
          entry,
          heapMbMax: HEAP_MB_MAX,
          endedCode: 'drift_thread_ended',
          meanwhile: 'what changes past admission is found later',
          runningMetric: 'holdfast_drift_thread_running',
          restartsMetric: 'holdfast_drift_thread_restarts_total',
        },
        start: {
          configuration: pickRead(configuration),
          folder,
          newest: this.#newest.memory,
          environment: { ...environment },
          replica,
        },
        environment,
        onResult: (found) => {
          void this.#record(found);
        },
      },
      dependencies,
    );
  }

  /** Nobody waits for it: admission answers before what is known of a hundred thousand objects is read. */
  start(): void {
    this.#unsubscribe = this.#newest.follow(this.#journal);
    void this.#thread.startOrRetry();
  }

  /** Why drift is not seen now; never a reason for being unready. */
  readonly problem = (): string | undefined => this.#thread.problem();

  async close(): Promise<void> {
    await this.#thread.close(CLOSE_MS);
    this.#unsubscribe();
  }

  async #record({ number, note }: FoundDrift): Promise<void> {
    const decisionId = await recordFinding(this.#reporter, (origin) =>
      'healing' in note
        ? formatHealingRecord(note.healing, origin)
        : formatDriftRecord(note.finding, origin, this.#pathsMax),
    );
    this.#thread.order({ number, decisionId });
  }
}

/** A message must carry no more than the thread reads: the rest has credentials of others. */
function pickRead(configuration: DriftConfiguration): DriftConfiguration {
  const { audit, breakGlass, cluster, drift, freeze } = configuration;
  const { identity, kubernetes, limits, ownership, registration } = configuration;
  return {
    audit,
    breakGlass,
    cluster,
    drift,
    freeze,
    identity,
    kubernetes,
    limits,
    ownership,
    registration,
  };
}
