import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEntryJson, formatJsonLines, makeEntry } from '../../../src/audit/entry-json.ts';
import { sampleEntries, sampleRecord } from '../../support/journal-entries.ts';

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

test('formatJsonLines() writes one line for each entry, and a newline after the last', () => {
  const entries = sampleEntries(1, 3);

  const lines = formatJsonLines(entries).split('\n');

  assert.equal(lines.pop(), '');
  assert.deepEqual(
    lines.map((line): unknown => JSON.parse(line)),
    entries.map(({ sequence, hash, record }) => ({ sequence, hash, record })),
  );
});

test('formatJsonLines() keeps a newline in a record inside its line', () => {
  const [entry] = sampleEntries(1, 1);
  assert.ok(entry !== undefined && entry.record.message.includes('\n'));

  assert.equal(formatJsonLines([entry]).split('\n').length, 2);
});

test('formatJsonLines() of nothing is nothing', () => {
  assert.equal(formatJsonLines([]), '');
});
