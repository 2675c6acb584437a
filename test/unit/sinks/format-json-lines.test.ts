import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJsonLines } from '../../../src/sinks/format-json-lines.ts';
import { sampleEntries } from '../../support/journal-entries.ts';

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
