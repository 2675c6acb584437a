/** What the main thread and the delivery thread tell each other. */
import type { Configuration } from '../config/schema.ts';

/** The configuration of delivery and alerting, as plain data that a message can carry. */
export type DeliveryConfiguration = Pick<
  Configuration,
  'alerts' | 'audit' | 'cluster' | 'dashboard' | 'kubernetes' | 'traces'
>;

export interface DeliveryStart {
  readonly configuration: DeliveryConfiguration;
  /** The folder of the journal, which its owner has opened. */
  readonly folder: string;
  /** The memory of a `SharedSequence`: the newest durable entry. */
  readonly newest: SharedArrayBuffer;
  /** The memory of an `AdmissionUtilization`. */
  readonly utilization: SharedArrayBuffer;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
}

export interface DeliveryProgress {
  /** The last entry that this thread no longer needs. */
  readonly settledThrough: number;
}
