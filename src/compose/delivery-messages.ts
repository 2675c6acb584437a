/** What the main thread and the delivery thread say to each other. */
import type { Configuration } from '../config/schema.ts';
import type { ErrorCode } from '../errors.ts';
import type { ForwardedEntry } from '../telemetry/forwarded-logger.ts';
import type { MetricChange } from '../telemetry/metrics.ts';

/** Of the configuration, what delivery and alerting read: plain data, as a message must be. */
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

/** `stop`: deliver what working sinks still take, then end. */
export type DeliveryCommand = DeliveryStart | { readonly kind: 'stop' };

/** How far everything has come, with what was counted since the last report. Sent twice a second: silence is a fault. */
export interface DeliveryReport {
  readonly kind: 'report';
  /** The last entry that nobody here needs any more. */
  readonly settledThrough: number;
  /** What does not get through without somebody's help. */
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
