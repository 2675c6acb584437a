/** What delivery needs of a sink. One file per sink in `audit/sinks/`; delivery alone retries, orders and remembers. */
import type { JournalEntry } from './journal.ts';

/**
 * What came of one batch.
 * - `delivered`: the target has accepted all of it
 * - `retry`: nothing or not all of it was accepted; the same batch is sent again, not before `retryAfterMs`
 * - `refused`: the target will never accept these entries (by their sequence numbers): they go to the dead letters, the
 *   rest of the batch counts as delivered
 */
export type SinkOutcome =
  | { readonly status: 'delivered' }
  | {
      readonly status: 'retry';
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly status: 'refused'; readonly sequences: readonly number[]; readonly reason: string };

export interface Sink {
  /** The sink's name in the configuration: labels metrics and state, so it is short and stable. */
  readonly name: string;
  /** Sends entries in order, already filtered and masked. Never rejects for anything that a network may do. */
  readonly send: (entries: readonly JournalEntry[], signal: AbortSignal) => Promise<SinkOutcome>;
  readonly close: () => Promise<void>;
}
