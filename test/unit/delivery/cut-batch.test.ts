import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEntryJson } from '../../../src/audit/entry-json.ts';
import { cutBatch, prepareEntry } from '../../../src/delivery/cut-batch.ts';
import { sampleEntry } from '../../support/journal-entries.ts';

function due(...sizes: readonly number[]): Parameters<typeof cutBatch>[0] {
  return sizes.map((bytes, index) => {
    const entry = sampleEntry(index + 1);
    return { entry, masked: entry, bytes };
  });
}

for (const [name, sizes, entriesMax, bytesMax, count] of [
  ['everything that fits', [10, 10, 10], 5, 30, 3],
  ['no more entries than allowed', [10, 10, 10], 2, 100, 2],
  ['no more bytes than allowed', [10, 10, 10], 5, 29, 2],
  ['an entry that is too large alone', [50, 10], 5, 20, 1],
  ['one entry at least', [10], 0, 20, 1],
  ['nothing of nothing', [], 5, 20, 0],
] as const) {
  test(`cutBatch() takes ${name}`, () => {
    const list = due(...sizes);
    assert.deepEqual(cutBatch(list, { entriesMax, bytesMax }), list.slice(0, count));
  });
}

test('prepareEntry() measures what the sink gets, and keeps what the journal holds', () => {
  const entry = sampleEntry(1);

  const prepared = prepareEntry(entry, (record) => ({ ...record, message: 'ü' }));

  assert.equal(prepared.entry, entry);
  assert.equal(prepared.masked.record.message, 'ü');
  assert.equal(prepared.bytes, Buffer.byteLength(formatEntryJson(prepared.masked)));
});
