/** Runs the intake thread from the main thread, and records what it is told. Its faults are reported and never stop admission. */
import { extname } from 'node:path';
import { formatObservedRecord } from '../drift/intake/format-observed-record.ts';
import type { RecordedFinding } from './drift-messages.ts';
import type { FoundByOthers, IntakeConfiguration, IntakeStart } from './intake-messages.ts';
import { recordFinding, type FindingReporterOptions } from './record-finding.ts';
import { SupervisedThread, type SupervisionDependencies } from './supervised-thread.ts';

export interface IntakeSupervisorOptions {
  readonly configuration: IntakeConfiguration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The script of the thread. @default intake-thread.ts beside this file */
  readonly entry?: URL | undefined;
}

export interface IntakeSupervisorDependencies extends SupervisionDependencies {
  readonly reporter: FindingReporterOptions;
}

/** The source tree and a compiled package have the same file name with different extensions. */
const EXTENSION = extname(import.meta.url);
const ENTRY = new URL(`./intake-thread${EXTENSION}`, import.meta.url);
/** The largest batch by default, parsed, takes some six times its 16 MiB; the container must not end for it. */
const HEAP_MB_MAX = 256;
/** To answer what is read, and to record what was counted. */
const CLOSE_MS = 10_000;

/** One intake thread after the other. */
export class IntakeSupervisor {
  readonly #reporter: FindingReporterOptions;
  readonly #thread: SupervisedThread<IntakeStart, RecordedFinding, FoundByOthers>;

  constructor(options: IntakeSupervisorOptions, dependencies: IntakeSupervisorDependencies) {
    this.#reporter = dependencies.reporter;
    const { configuration, environment, entry = ENTRY } = options;
    const { audit, breakGlass, identity, intake, kubernetes } = configuration;
    const { limits, ownership, registration, server } = configuration;
    this.#thread = new SupervisedThread(
      {
        description: {
          name: 'intake',
          entry,
          heapMbMax: HEAP_MB_MAX,
          endedCode: 'intake_thread_ended',
          meanwhile: 'senders repeat what they got no answer for',
          runningMetric: 'holdfast_intake_thread_running',
          restartsMetric: 'holdfast_intake_thread_restarts_total',
        },
        start: {
          configuration: {
            audit,
            breakGlass,
            identity,
            intake,
            kubernetes,
            limits,
            ownership,
            registration,
            server,
          },
          environment: { ...environment },
        },
        environment,
        onResult: (found) => {
          void this.#record(found);
        },
      },
      dependencies,
    );
  }

  /** Nobody waits for it. */
  start(): void {
    void this.#thread.startOrRetry();
  }

  /** Why nothing is taken now; never a reason for being unready. */
  readonly problem = (): string | undefined => this.#thread.problem();

  close(): Promise<void> {
    return this.#thread.close(CLOSE_MS);
  }

  async #record({ number, finding }: FoundByOthers): Promise<void> {
    const decisionId = await recordFinding(this.#reporter, (origin) =>
      formatObservedRecord(finding, origin),
    );
    this.#thread.order({ number, decisionId });
  }
}
