/**
 * Writes records to the journal. A record that cannot be written becomes a log line, so that every decision
 * is recorded.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { HoldfastError } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AuditRecord } from './audit-record.ts';
import type { KeptRecord } from './folding/refusal-folder.ts';
import type { Journal, JournalPlace, Recorded } from './journal.ts';

export interface JournalRecorderOptions {
  /** Appends the record, or counts a repeated refusal. */
  readonly keep: (record: AuditRecord) => KeptRecord;
  readonly journal: Pick<Journal, 'problem'>;
  /** `async`: an answer waits only for immediate failures. */
  readonly durability: 'before-response' | 'async';
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface JournalRecorder {
  /** Rejects if the record cannot be saved, or is not durable by the deadline; it may become durable later. */
  readonly record: (record: AuditRecord, deadlineAtMs: MonotonicMs) => Promise<Recorded>;
}

/** Builds the recorder. */
export function createJournalRecorder(options: JournalRecorderOptions): JournalRecorder {
  const { keep, journal, durability, clock, logger, metrics } = options;
  function lose(record: AuditRecord, error: unknown): void {
    metrics.increment('holdfast_records_total', { outcome: 'failed' });
    logger.error('A decision could not be journaled; this line is its record', { record, error });
  }
  return {
    record: async (record, deadlineAtMs) => {
      const { durable, foldedInto } = keep(record);
      try {
        const place =
          durability === 'async'
            ? await failingAtOnce(durable, journal)
            : await withinMs(durable, deadlineAtMs - clock.monotonicMs());
        const outcome = foldedInto === undefined ? 'written' : 'folded';
        metrics.increment('holdfast_records_total', { outcome });
        // Reports a failure that occurs after the answer.
        if (place === undefined) void durable.catch((fault: unknown) => lose(record, fault));
        return { place, foldedInto };
      } catch (fault) {
        lose(record, fault);
        throw fault;
      }
    },
  };
}

/** A full queue and a journal that is known to fail are immediate failures in both modes. */
async function failingAtOnce(
  appended: Promise<JournalPlace>,
  { problem }: Pick<Journal, 'problem'>,
): Promise<undefined> {
  const known = problem();
  if (known !== undefined) {
    appended.catch(() => undefined);
    throw new HoldfastError('journal_write_failed', known);
  }
  const turn = new Promise<undefined>((resolve) => {
    setImmediate(() => resolve(undefined));
  });
  await Promise.race([appended, turn]);
  return undefined;
}

async function withinMs(appended: Promise<JournalPlace>, ms: number): Promise<JournalPlace> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => {
        const message = 'The record was not on disk when the answer had to be given';
        reject(new HoldfastError('journal_write_failed', message));
      },
      Math.max(0, ms),
    );
  });
  try {
    return await Promise.race([appended, expired]);
  } finally {
    clearTimeout(timer);
  }
}
