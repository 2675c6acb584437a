import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDeadLetter } from '../../../../src/audit/delivery/parse-dead-letter.ts';
import { sampleEntry } from '../../../support/journal-entries.ts';

const entry = sampleEntry(7);
const letter = { entry, reason: 'Too old', refusedAt: '2026-01-05T00:00:00.000Z' };

test('parseDeadLetter() reads what was kept', () => {
  assert.deepEqual(parseDeadLetter(JSON.stringify(letter)), letter);
});

for (const [name, text] of [
  ['no JSON', '{'],
  ['no object', '7'],
  ['null', 'null'],
  ['no entry', JSON.stringify({ ...letter, entry: undefined })],
  ['no number', JSON.stringify({ ...letter, entry: { ...entry, sequence: '7' } })],
  ['no hash', JSON.stringify({ ...letter, entry: { ...entry, hash: 7 } })],
  ['no record', JSON.stringify({ ...letter, entry: { ...entry, record: {} } })],
  ['no reason', JSON.stringify({ ...letter, reason: undefined })],
  ['no time', JSON.stringify({ ...letter, refusedAt: 7 })],
] as const) {
  test(`parseDeadLetter() finds ${name} to be no letter`, () => {
    assert.equal(parseDeadLetter(text), undefined);
  });
}
