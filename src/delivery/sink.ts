/** The port of a sink. One folder per type in `sinks/`; only delivery retries, orders and keeps state. */
import type { Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { JournalEntry } from '../audit/journal.ts';

/**
 * The result of one batch.
 * - `delivered`: the target has accepted all of it
 * - `retry`: nothing or not all of it was accepted; the same batch is sent again, not before `retryAfterMs`
 * - `refused`: the target will never accept these entries (by their sequence numbers): they go to the dead letters, the
 *   rest of the batch counts as delivered
 * - `too-large`: nothing was accepted, because it was too large: it is sent again in halves; an entry that is too large
 *   alone is refused
 * - `stopped`: the target permanently accepts no more: the sink stops until the process restarts, and its cursor stays
 */
export type SinkOutcome =
  | { readonly status: 'delivered' }
  | {
      readonly status: 'retry';
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly status: 'refused'; readonly sequences: readonly number[]; readonly reason: string }
  | { readonly status: 'too-large'; readonly reason: string }
  | { readonly status: 'stopped'; readonly reason: string };

export interface Sink {
  /** The sink's name in the configuration: it labels metrics and state, so it is short and stable. */
  readonly name: string;
  /**
   * Sends entries in order, already filtered and masked. Never rejects for network failures, and ends soon after the
   * signal: from then on the same batch may be sent again.
   */
  readonly send: (entries: readonly JournalEntry[], signal: AbortSignal) => Promise<SinkOutcome>;
  readonly close: () => Promise<void>;
}

/** The dependencies of a sink. */
export interface SinkContext {
  readonly cluster: string;
  readonly replica: string;
  /** Where people see a decision, with `{replica}` for the one that has its record. Absent: nowhere. */
  readonly dashboardUrl?: string | undefined;
  /** The cluster for Events; absent: the one in which we run. */
  readonly kubeconfigFile?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For secret references, which are read at each use because secrets rotate. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output, as a stream that never blocks the process. */
  readonly openOutput: () => Writable;
}
