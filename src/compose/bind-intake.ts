/** Starts the thread that takes what other programs have seen, where the configuration asks for it. */
import { systemClock } from '../base/clock.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import { IntakeSupervisor } from './intake-supervisor.ts';
import type { FindingReporterOptions } from './record-finding.ts';
import type { SupervisionDependencies } from './supervised-thread.ts';

export interface IntakeOptions extends Omit<SupervisionDependencies, 'clock'> {
  readonly loaded: Pick<LoadedConfiguration, 'configuration'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Nobody reports on a snapshot of a cluster. */
  readonly clusterState?: object | undefined;
}

/** `undefined` where nothing is to be taken. A thread that cannot start is tried again, and never stops admission. */
export function startIntake(
  { loaded, clusterState, environment, logger, metrics }: IntakeOptions,
  reporter: FindingReporterOptions,
): IntakeSupervisor | undefined {
  const { configuration } = loaded;
  if (configuration.intake === undefined || clusterState !== undefined) return undefined;
  const intake = new IntakeSupervisor(
    { configuration, environment },
    { clock: systemClock, logger, metrics, reporter },
  );
  intake.start();
  return intake;
}
