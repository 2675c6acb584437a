/**
 * The progress of one sink, in memory and on disk. The cursor never passes an entry that is neither accepted
 * nor stored as a dead letter.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { JournalEntry, StateStore } from '../audit/journal.ts';
import { writeCursor, type Cursor } from './cursor.ts';
import type { DueEntry } from './cut-batch.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { DeliveryMeter } from './delivery-meter.ts';

export interface ProgressOptions {
  readonly settings: { readonly name: string };
  readonly state: StateStore;
  readonly letters: DeadLetters;
  readonly start: Cursor;
  readonly meter: DeliveryMeter;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly wait: Wait;
}

/** The rejected entries of a batch. Dead letters store unmasked entries: masks are applied when they are sent. */
export interface Refusal {
  readonly refused: readonly DueEntry[];
  readonly reason: string;
}

/** Skipped entries may be read again after a crash; storing the cursor for each would cost a disk write each. */
const SKIPPED_MAX = 1000;
/** Retention keeps what is after the stored cursor: where few records are written, too, it must advance. */
const SKIPPED_MS_MAX = 10_000;
const STATE_RETRY_MS = 1000;

/** The position of one sink in the journal. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #closing = new AbortController();
  #cursor: Cursor;
  #saved: number;
  #savedAtMs: MonotonicMs;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#cursor = options.start;
    this.#saved = options.start.sequence;
    this.#savedAtMs = options.clock.monotonicMs();
  }

  /** The last entry that is settled. */
  get position(): number {
    return this.#cursor.sequence;
  }

  /** The last entry that is settled by a stored cursor: after a crash, later ones are read again. */
  get settledThrough(): number {
    return this.#saved;
  }

  /** Continues elsewhere: in a journal that was begun anew. */
  moveTo(cursor: Cursor): void {
    this.#cursor = cursor;
    this.#saved = cursor.sequence;
  }

  /** Whether there is room for this many dead letters; a replay may have removed some since the last check. */
  async hasRoomFor(count: number): Promise<boolean> {
    const { letters, meter } = this.#options;
    if (letters.hasRoomFor(count)) return true;
    await this.#persist(() => letters.load());
    meter.deadLetters(letters.count);
    return letters.hasRoomFor(count);
  }

  /**
   * Dead letters first, then the cursor: after a crash in between, the batch is sent again and the same
   * letters are stored again.
   */
  async settle(part: readonly DueEntry[], { refused, reason }: Refusal): Promise<void> {
    const last = part.at(-1)?.entry;
    if (last === undefined) return;
    if (!(await this.#keepLetters(refused, reason))) return;
    const cursor = { sequence: last.sequence, hash: last.hash };
    if (!(await this.#persist(() => this.#write(cursor)))) return;
    this.#options.meter.settled('delivered', part.length - refused.length);
    this.#options.meter.settled('refused', refused.length);
  }

  /** Skips filtered entries, up to the last of a page. */
  async skipTo(last: JournalEntry, count: number): Promise<void> {
    this.#cursor = { sequence: last.sequence, hash: last.hash };
    const { meter, clock } = this.#options;
    meter.settled('filtered', count);
    const isDue = clock.monotonicMs() - this.#savedAtMs >= SKIPPED_MS_MAX;
    if (isDue || last.sequence - this.#saved >= SKIPPED_MAX) await this.save();
  }

  /** Stores the cursor of skipped entries durably. */
  async save(): Promise<void> {
    if (this.#cursor.sequence === this.#saved) return;
    await this.#persist(() => this.#write(this.#cursor));
  }

  /** From now on, a failed write is not retried: the entries are sent again after the next start. */
  stop(): void {
    this.#closing.abort();
  }

  async #write(cursor: Cursor): Promise<void> {
    await writeCursor(this.#options.state, this.#options.settings.name, cursor);
    this.#cursor = cursor;
    this.#saved = cursor.sequence;
    this.#savedAtMs = this.#options.clock.monotonicMs();
  }

  async #keepLetters(refused: readonly DueEntry[], reason: string): Promise<boolean> {
    const [first] = refused;
    if (first === undefined) return true;
    const { letters, clock, logger, meter, settings } = this.#options;
    const refusedAt = new Date(clock.wallMs()).toISOString();
    const kept = refused.map(({ entry }) => ({ entry, reason, refusedAt }));
    if (!(await this.#persist(() => letters.add(kept)))) return false;
    meter.deadLetters(letters.count);
    logger.warn('A sink refused records: they are kept as dead letters', {
      sink: settings.name,
      count: refused.length,
      firstSequence: first.entry.sequence,
      decisionId: first.entry.record.decisionId,
      reason,
      remedy: 'Fix the cause, then run holdfast audit replay',
    });
    return true;
  }

  /** Retries until it is durable; `false` if the process stops first. */
  async #persist(write: () => Promise<void>): Promise<boolean> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        await write();
        return true;
      } catch (error) {
        if (attempts === 1) {
          const fields = { sink: this.#options.settings.name, error };
          this.#options.logger.error('The place of a sink could not be saved', fields);
        }
      }
      if (this.#closing.signal.aborted) return false;
      await this.#options.wait(STATE_RETRY_MS, this.#closing.signal);
    }
  }
}
