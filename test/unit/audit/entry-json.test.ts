import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEntryJson, makeEntry } from '../../../src/audit/entry-json.ts';
import { sampleRecord } from '../../support/journal-entries.ts';

test('formatEntryJson() is the entry as JSON, with the record as it is stored', () => {
  const record = sampleRecord(7);
  const entry = { sequence: 7, hash: 'ab', record, recordJson: ' {"as": "stored"} ' };

  assert.equal(formatEntryJson(entry), '{"sequence":7,"hash":"ab","record": {"as": "stored"} }');
});

test('makeEntry() formats the record once', () => {
  const record = sampleRecord(7);
  const entry = makeEntry(7, 'ab', record);

  assert.deepEqual(entry, { sequence: 7, hash: 'ab', record, recordJson: JSON.stringify(record) });
  assert.deepEqual(JSON.parse(formatEntryJson(entry)), { sequence: 7, hash: 'ab', record });
});
