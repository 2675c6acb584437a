/** What delivery needs of a sink. One folder per type in `sinks/`; delivery alone retries, orders and remembers. */
import type { Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { JournalEntry } from '../audit/journal.ts';

/**
 * What came of one batch.
 * - `delivered`: the target has accepted all of it
 * - `retry`: nothing or not all of it was accepted; the same batch is sent again, not before `retryAfterMs`
 * - `refused`: the target will never accept these entries (by their sequence numbers): they go to the dead letters, the
 *   rest of the batch counts as delivered
 * - `too-large`: nothing was accepted, because there was too much of it: it is sent again in halves; an entry that is too
 *   large alone is refused
 * - `stopped`: the target wants no more, for good: the sink rests until the process starts anew, its cursor stays
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
  /** The sink's name in the configuration: labels metrics and state, so it is short and stable. */
  readonly name: string;
  /**
   * Sends entries in order, already filtered and masked. Never rejects for anything that a network may do, and ends soon
   * after the signal: the same batch may be sent again from then on.
   */
  readonly send: (entries: readonly JournalEntry[], signal: AbortSignal) => Promise<SinkOutcome>;
  readonly close: () => Promise<void>;
}

/** What a sink may use of the process. */
export interface SinkContext {
  readonly cluster: string;
  readonly replica: string;
  /** Whose cluster Events are written to; absent: the one that we run in. */
  readonly kubeconfigFile?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For secret references, which are read again with each use: they rotate. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard output, as a stream that never holds the process up. */
  readonly openOutput: () => Writable;
}
