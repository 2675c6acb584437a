/** Reports the state of the journal: log lines, metrics, and one sentence for the readiness check. */
import { errorText } from '../../base/error-details.ts';
import { HoldfastError } from '../../errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type {
  AppendedBatch,
  Damage,
  JournalState,
  LostEntries,
  Maintained,
  RemovedSegment,
} from './journal-messages.ts';

const MS_PER_SECOND = 1000;
/** Concurrent decisions are recorded out of order by milliseconds; a larger step means that the clock was set back. */
const CLOCK_BACK_MS_MIN = 1000;

/** Remembers the last fault until a write succeeds again. */
export class JournalReporter {
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  #problem: string | undefined;
  #setAside = 0;
  #isClockBack = false;

  constructor({ logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics }) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  /** What is wrong now. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** What was lost, for as long as a damaged file is in the folder. */
  get advice(): string | undefined {
    if (this.#setAside === 0) return undefined;
    const files =
      this.#setAside === 1 ? '1 damaged file was' : `${this.#setAside} damaged files were`;
    return `${files} set aside as broken-… in the folder of the journal: run holdfast audit verify, and move them to a safe place`;
  }

  opened(state: JournalState): void {
    this.#publish(state);
    this.#recover();
    const { lastSequence, bytes } = state;
    this.#logger.info('Opened the journal', { lastSequence, bytes });
  }

  damaged(damages: readonly Damage[]): void {
    for (const { file, reason } of damages) {
      this.#count('journal_corrupt');
      this.#logger.error('A damaged database of the journal was put aside, and a new one begun', {
        code: 'journal_corrupt',
        file,
        reason,
      });
    }
  }

  /** Entries that no chain has any more. One at least is lost where nobody knows how many. */
  lost(losses: readonly LostEntries[]): void {
    for (const { firstSequence, lastSequence, file, reason } of losses) {
      const count = lastSequence === undefined ? 1 : lastSequence - firstSequence + 1;
      this.#count('journal_entries_lost');
      this.#metrics.add('holdfast_journal_entries_lost_total', count);
      this.#logger.error('Entries of the journal are lost, and a new chain was begun', {
        code: 'journal_entries_lost',
        firstSequence,
        lastSequence,
        file,
        reason,
      });
    }
  }

  appended({ hashes, commitMs, clockBackMs }: AppendedBatch): void {
    this.#recover();
    this.#metrics.observe('holdfast_journal_batch_entries', hashes.length);
    this.#metrics.observe('holdfast_journal_commit_duration_seconds', commitMs / MS_PER_SECOND);
    const isBack = clockBackMs >= CLOCK_BACK_MS_MIN;
    if (isBack && !this.#isClockBack) {
      this.#logger.warn(
        'The clock was set back: the journal keeps its order, times in it go back',
        {
          clockBackMs: Math.round(clockBackMs),
        },
      );
    }
    this.#isClockBack = isBack;
  }

  maintained(result: Maintained): void {
    this.#publish(result);
    this.#recover();
    for (let count = 0; count < result.headsSigned; count += 1) {
      this.#metrics.increment('holdfast_journal_heads_total');
    }
    for (const segment of result.removed) this.#removed(segment);
  }

  /** A batch, a head or a removal failed. Logged at the first failure, counted each time. */
  failed(fault: unknown): void {
    const code = fault instanceof HoldfastError ? fault.code : 'internal_error';
    const message = errorText(fault);
    this.#count(code);
    if (this.#problem === undefined) {
      this.#logger.error('The journal has a fault', { code, error: fault });
    }
    this.#problem = `${message} (${code})`;
  }

  /** A record was refused because the queue is full. */
  refused(): void {
    this.#count('journal_queue_full');
  }

  /** A record was truncated to its limit. */
  cut(decisionId: string): void {
    this.#metrics.increment('holdfast_records_truncated_total');
    this.#logger.warn('A record was cut to its limits', { decisionId });
  }

  /** A thread ended unexpectedly. */
  ended(thread: string, reason: string): void {
    this.#count('journal_closed');
    this.#problem = `the ${thread} thread ended: ${reason} (journal_closed)`;
    this.#logger.error('A thread of the journal ended and is started again', { thread, reason });
  }

  #recover(): void {
    if (this.#problem === undefined) return;
    this.#problem = undefined;
    this.#logger.info('The journal writes again');
  }

  #publish(state: JournalState): void {
    this.damaged(state.damages);
    this.lost(state.lost);
    this.#setAside = state.setAside;
    this.#metrics.set('holdfast_journal_bytes', state.bytes);
    this.#metrics.set('holdfast_journal_segments', state.segments);
    this.#metrics.set('holdfast_journal_set_aside', state.setAside);
  }

  #removed({ reason, ...range }: RemovedSegment): void {
    const fields = { reason, ...range };
    this.#metrics.increment('holdfast_journal_segments_removed_total', { reason });
    if (reason === 'undelivered') {
      const message = 'Records were removed before every sink had them: the journal is full';
      this.#logger.error(message, fields);
    } else {
      this.#logger.info('Removed the oldest segment of the journal', fields);
    }
  }

  #count(code: string): void {
    this.#metrics.increment('holdfast_journal_faults_total', { code });
  }
}
