import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatLostEntries } from '../../../../src/audit/journal/format-lost-entries.ts';
import { isAuditRecord } from '../../../../src/audit/audit-record.ts';

const ORIGIN = {
  chain: '01JD3V9K2M8Q4W6X0Y2Z4A6B8C',
  cluster: 'prod-eu-1',
  replica: 'holdfast-0',
  nowMs: Date.UTC(2026, 0, 2, 3, 4, 5),
};

describe('the record of lost entries', () => {
  it('names what is lost, why, and the file that has it', () => {
    const record = formatLostEntries(
      [
        { firstSequence: 1, lastSequence: 3, file: 'broken-a', reason: 'file is not a database' },
        { firstSequence: 7, file: 'broken-b', reason: 'it was set aside before' },
        { firstSequence: 9, lastSequence: 9, reason: 'they are not on the disk' },
      ],
      ORIGIN,
    );

    assert.ok(isAuditRecord(record));
    const { decisionId, code, finding, time, object, message } = record;
    assert.deepEqual(
      { decisionId, code, finding, time, name: object.name },
      {
        decisionId: 'lost-01JD3V9K2M8Q4W6X0Y2Z4A6B8C',
        code: 'journal_entries_lost',
        finding: true,
        time: '2026-01-02T03:04:05.000Z',
        name: 'holdfast-0',
      },
    );
    assert.equal(
      message,
      [
        'The entries 1 to 3 of the journal are lost (file is not a database); their segment was set aside as broken-a',
        'Entries from 7 on of the journal are lost (it was set aside before); their segment was set aside as broken-b',
        'The entries 9 to 9 of the journal are lost (they are not on the disk)',
      ].join('\n'),
    );
  });

  it('does not grow with the number of files', () => {
    const lost = Array.from({ length: 1000 }, (_, index) => ({
      firstSequence: index + 1,
      reason: 'x',
    }));

    assert.equal(formatLostEntries(lost, ORIGIN).message.split('\n').length, 10);
  });
});
