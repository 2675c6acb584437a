/** What the main thread and the dashboard thread tell each other. */
import type { Configuration } from '../config/schema.ts';

/** What of the configuration the thread reads, as plain data that a message can carry. */
export type DashboardConfiguration = Pick<
  Configuration,
  'alerts' | 'audit' | 'cluster' | 'dashboard' | 'kubernetes' | 'limits'
>;

export interface DashboardStart {
  readonly configuration: DashboardConfiguration;
  /** The folder of the journal, which its owner has opened. */
  readonly folder: string;
  /** The memory of a `SharedSequence`: the newest durable entry. */
  readonly newest: SharedArrayBuffer;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
}

/** Where it listens. */
export interface ListeningDashboard {
  readonly url: string;
}
