/** Starts the thread that looks for drift, where the configuration asks for it. */
import { systemClock } from '../base/clock.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import type { BoundEvidence } from './bind-evidence.ts';
import { DriftSupervisor } from './drift-supervisor.ts';
import type { FindingReporterOptions } from './record-finding.ts';
import type { SupervisionDependencies } from './supervised-thread.ts';

export interface DriftOptions extends Omit<SupervisionDependencies, 'clock'> {
  readonly loaded: Pick<LoadedConfiguration, 'configuration'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
  /** Nothing drifts in a snapshot of a cluster. */
  readonly clusterState?: object | undefined;
}

/** `undefined` where nothing is to be followed. A thread that cannot start is tried again, and never stops admission. */
export function startDrift(
  { loaded, clusterState, environment, replica, logger, metrics }: DriftOptions,
  {
    evidence: { journal },
    reporter,
  }: {
    readonly evidence: Pick<BoundEvidence, 'journal'>;
    readonly reporter: FindingReporterOptions;
  },
): DriftSupervisor | undefined {
  const { configuration } = loaded;
  const { folder } = configuration.audit.journal ?? {};
  const isAsked = configuration.drift !== undefined && clusterState === undefined;
  if (!isAsked || journal === undefined || folder === undefined) return undefined;
  const drift = new DriftSupervisor(
    { configuration, folder, environment, replica },
    { clock: systemClock, logger, metrics, journal, reporter },
  );
  drift.start();
  return drift;
}
