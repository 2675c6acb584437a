/** The messages between the main thread and the delivery thread. */
import type { Configuration } from '../config/schema.ts';
import type { ErrorCode } from '../errors.ts';
import type { ForwardedEntry } from '../telemetry/forwarded-logger.ts';
import type { MetricChange } from '../telemetry/metrics.ts';

/** The configuration of delivery and alerting, as plain data that a message can carry. */
export type DeliveryConfiguration = Pick<
  Configuration,
  'alerts' | 'audit' | 'cluster' | 'kubernetes'
>;

export interface DeliveryStart {
  readonly kind: 'start';
  readonly configuration: DeliveryConfiguration;
  /** The folder of the journal, which its owner has opened. */
  readonly folder: string;
  /** The memory of a `SharedSequence`: the newest durable entry. */
  readonly newest: SharedArrayBuffer;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly replica: string;
}

/** `stop`: deliver what working sinks still accept, then end. */
export type DeliveryCommand = DeliveryStart | { readonly kind: 'stop' };

/** The progress, and the metrics since the last report. Sent twice a second; a missing report is a fault. */
export interface DeliveryReport {
  readonly kind: 'report';
  /** The last entry that this thread no longer needs. */
  readonly settledThrough: number;
  /** Deliveries that have stopped until somebody intervenes. */
  readonly problem?: string | undefined;
  readonly metrics: readonly MetricChange[];
}

export type DeliveryMessage =
  | { readonly kind: 'started' }
  /** The thread ends after it. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  | DeliveryReport
  | { readonly kind: 'log'; readonly entry: ForwardedEntry }
  | { readonly kind: 'stopped' };
