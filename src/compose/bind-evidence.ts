/**
 * Binds the journal, then the thread that serves sinks and incidents from it. Stopped in reverse order: readers of the
 * journal end before it is sealed.
 */
import type { DecisionRecorder } from '../admission/ports.ts';
import type { AdmissionRuntime } from '../admission/runtime.ts';
import type { ValueHider } from '../audit/hide-values.ts';
import type { Journal } from '../audit/journal.ts';
import type { Configuration } from '../config/schema.ts';
import type { Metrics, MetricsIntake } from '../telemetry/metrics.ts';
import { bindJournal, type RecordingDependencies } from './bind-journal.ts';
import { DeliverySupervisor } from './delivery-supervisor.ts';

export interface EvidenceDependencies extends RecordingDependencies {
  readonly metrics: Metrics & MetricsIntake;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface BoundEvidence {
  /** For followers of the journal. Absent if records are log lines. */
  readonly journal?: Pick<Journal, 'lastSequence' | 'onAppended'> | undefined;
  readonly recorder: DecisionRecorder;
  readonly hider: ValueHider;
  /** Absent where records do not keep what the policies were given. */
  readonly recordInput?: AdmissionRuntime['recordInput'];
  /** Why records cannot be written now; failures of sinks and alerts are not included. */
  readonly problem: () => string | undefined;
  /** Deliveries that have stopped until somebody intervenes. */
  readonly advice: () => string | undefined;
  /** What of the journal somebody must look at, although records are written. */
  readonly journalAdvice: () => string | undefined;
  readonly close: () => Promise<void>;
}

/** Starts all of it; throws a `HoldfastError` if a part cannot start, and leaves nothing running. */
export async function bindEvidence(
  configuration: Configuration,
  dependencies: EvidenceDependencies,
): Promise<BoundEvidence> {
  const bound = await bindJournal(configuration, dependencies);
  const { journal, recorder, hider, recordInput, endFolds } = bound;
  const { folder } = configuration.audit.journal ?? {};
  if (journal === undefined || folder === undefined) {
    const none = (): undefined => undefined;
    const close = (): Promise<void> => Promise.resolve();
    return { recorder, hider, problem: none, advice: none, journalAdvice: none, close };
  }
  const { environment, replica } = dependencies;
  const delivery = new DeliverySupervisor(
    { configuration, folder, environment, replica },
    { ...dependencies, journal },
  );
  journal.keepFrom(() => delivery.settledThrough() + 1);
  try {
    await delivery.start();
  } catch (error) {
    await endFolds();
    await journal.close();
    throw error;
  }
  return {
    journal,
    recorder,
    hider,
    recordInput,
    problem: journal.problem,
    advice: delivery.problem,
    journalAdvice: journal.advice,
    close: async () => {
      await endFolds();
      await delivery.close();
      await journal.close();
    },
  };
}
