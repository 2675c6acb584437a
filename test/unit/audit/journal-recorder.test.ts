import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import type { JournalPlace } from '../../../src/audit/journal.ts';
import {
  createJournalRecorder,
  type JournalRecorder,
} from '../../../src/audit/journal-recorder.ts';
import { type MonotonicMs, addMs, systemClock } from '../../../src/base/clock.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { sampleRecord } from '../../support/journal-samples.ts';
import { recordTelemetry, type RecordingTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PLACE = { sequence: 1, hash: 'a'.repeat(64) };
const LOST = 'A decision could not be journaled; this line is its record';

function build(
  durability: 'before-response' | 'async',
  append: (record: AuditRecord) => Promise<JournalPlace>,
  problem?: string,
): { readonly recorder: JournalRecorder; readonly telemetry: RecordingTelemetry } {
  const telemetry = recordTelemetry();
  const recorder = createJournalRecorder({
    keep: (record) => ({ durable: append(record) }),
    journal: { problem: () => problem },
    durability,
    clock: systemClock,
    ...telemetry,
  });
  return { recorder, telemetry };
}

function soon(): MonotonicMs {
  return addMs(systemClock.monotonicMs(), 10_000);
}

function never(): Promise<JournalPlace> {
  return Promise.withResolvers<JournalPlace>().promise;
}

const failing = (): Promise<JournalPlace> =>
  Promise.reject(new HoldfastError('journal_write_failed', 'disk full'));

function isWriteFailure(fault: unknown): boolean {
  return fault instanceof HoldfastError && fault.code === 'journal_write_failed';
}

describe('a recorder that waits for durability', () => {
  it('says where the record stands, once it is durable', async () => {
    const { recorder, telemetry } = build('before-response', () => Promise.resolve(PLACE));

    assert.deepEqual(await recorder.record(sampleRecord(), soon()), {
      place: PLACE,
      foldedInto: undefined,
    });
    assert.deepEqual(await telemetry.exposed('holdfast_records_total'), [
      'holdfast_records_total{outcome="written"} 1',
    ]);
    assert.deepEqual(telemetry.entries, []);
  });

  it('fails with the journal, and the log has the record', async () => {
    const { recorder, telemetry } = build('before-response', failing);

    await assert.rejects(recorder.record(sampleRecord(), soon()), isWriteFailure);
    assert.deepEqual(
      telemetry.entries.map(({ level, message, fields }) => [level, message, fields['record']]),
      [['error', LOST, sampleRecord()]],
    );
    assert.deepEqual(await telemetry.exposed('holdfast_records_total'), [
      'holdfast_records_total{outcome="failed"} 1',
    ]);
  });

  it('fails when the answer cannot wait any longer', async () => {
    const { recorder, telemetry } = build('before-response', never);

    await assert.rejects(
      recorder.record(sampleRecord(), addMs(systemClock.monotonicMs(), -1)),
      isWriteFailure,
    );
    assert.equal(telemetry.entries[0]?.message, LOST);
  });
});

describe('a recorder that does not wait', () => {
  it('answers while the record is on its way', async () => {
    const { recorder, telemetry } = build('async', never);

    assert.deepEqual(await recorder.record(sampleRecord(), soon()), {
      place: undefined,
      foldedInto: undefined,
    });
    assert.deepEqual(await telemetry.exposed('holdfast_records_total'), [
      'holdfast_records_total{outcome="written"} 1',
    ]);
  });

  it('fails where the journal refuses at once, as it does with a full queue', async () => {
    const { recorder, telemetry } = build('async', failing);

    await assert.rejects(recorder.record(sampleRecord(), soon()), isWriteFailure);
    assert.equal(telemetry.entries.length, 1);
  });

  it('fails where the journal is known not to write', async () => {
    const { recorder } = build('async', failing, 'the disk is full');

    await assert.rejects(
      recorder.record(sampleRecord(), soon()),
      (fault) => isWriteFailure(fault) && String(fault).includes('the disk is full'),
    );
  });

  it('writes the record to the log where the journal loses it later', async () => {
    const { promise, reject } = Promise.withResolvers<JournalPlace>();
    const { recorder, telemetry } = build('async', () => promise);
    await recorder.record(sampleRecord(), soon());

    reject(new Error('disk full'));

    await waitUntil(() => telemetry.entries.some(({ message }) => message === LOST));
  });
});
