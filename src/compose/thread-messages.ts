/** The messages between the main thread and a supervised thread. */
import type { ErrorCode } from '../errors.ts';
import type { ForwardedEntry } from '../telemetry/forwarded-logger.ts';
import type { MetricChange } from '../telemetry/metrics.ts';

/** `start` comes first and `stop` last: finish what is begun, then end. */
export type ThreadCommand<Start, Order = never> =
  | { readonly kind: 'start'; readonly start: Start }
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'stop' };

/** The metrics since the last report. Sent twice a second; a missing report is a fault. */
export interface ThreadReport {
  readonly kind: 'report';
  /** What does not work until somebody intervenes. */
  readonly problem?: string | undefined;
  readonly metrics: readonly MetricChange[];
}

/** `result`: what this kind of thread is for. */
export type ThreadMessage<Result> =
  | { readonly kind: 'started' }
  /** The thread ends after it. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  | ThreadReport
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'log'; readonly entry: ForwardedEntry }
  | { readonly kind: 'stopped' };
