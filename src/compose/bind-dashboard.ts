/** Starts the thread that serves the dashboard, where the configuration asks for one. */
import { systemClock } from '../base/clock.ts';
import type { LoadedConfiguration } from '../config/load.ts';
import type { BoundEvidence } from './bind-evidence.ts';
import { DashboardSupervisor } from './dashboard-supervisor.ts';
import type { SupervisionDependencies } from './supervised-thread.ts';

export interface DashboardOptions extends Omit<SupervisionDependencies, 'clock'> {
  readonly loaded: Pick<LoadedConfiguration, 'configuration'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
  /** Nobody can be asked who may look in a snapshot of a cluster. */
  readonly clusterState?: object | undefined;
}

/** `undefined` where none is asked for. A thread that cannot start is tried again, and never stops admission. */
export function startDashboard(
  { loaded, clusterState, environment, replica, logger, metrics }: DashboardOptions,
  { journal }: Pick<BoundEvidence, 'journal'>,
): DashboardSupervisor | undefined {
  const { configuration } = loaded;
  const { folder } = configuration.audit.journal ?? {};
  const isAsked = configuration.dashboard !== undefined && clusterState === undefined;
  if (!isAsked || journal === undefined || folder === undefined) return undefined;
  const dashboard = new DashboardSupervisor(
    { configuration, folder, environment, replica },
    { clock: systemClock, logger, metrics, journal },
  );
  dashboard.start();
  return dashboard;
}
