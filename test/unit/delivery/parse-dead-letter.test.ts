import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDeadLetter, parseLetterEntry } from '../../../src/delivery/parse-dead-letter.ts';
import { sampleEntry } from '../../support/journal-entries.ts';

const entry = sampleEntry(7);
const letter = {
  sequence: 7,
  decisionId: 'd',
  reason: 'Too old',
  refusedAt: '2026-01-05T00:00:00.000Z',
};

test('parseDeadLetter() reads a row of the index', () => {
  assert.deepEqual(parseDeadLetter('k', JSON.stringify(letter)), { key: 'k', ...letter });
});

for (const [name, text] of [
  ['no JSON', '{'],
  ['no object', '7'],
  ['null', 'null'],
  ['no number', JSON.stringify({ ...letter, sequence: '7' })],
  ['no decision', JSON.stringify({ ...letter, decisionId: 7 })],
  ['no reason', JSON.stringify({ ...letter, reason: undefined })],
  ['no time', JSON.stringify({ ...letter, refusedAt: 7 })],
] as const) {
  test(`parseDeadLetter() finds ${name} to be no letter`, () => {
    assert.equal(parseDeadLetter('k', text), undefined);
  });
}

test('parseLetterEntry() reads what was kept', () => {
  assert.deepEqual(parseLetterEntry(JSON.stringify(entry)), entry);
});

for (const [name, text] of [
  ['no JSON', '{'],
  ['no number', JSON.stringify({ ...entry, sequence: '7' })],
  ['no hash', JSON.stringify({ ...entry, hash: 7 })],
  ['no record', JSON.stringify({ ...entry, record: {} })],
] as const) {
  test(`parseLetterEntry() finds ${name} to be no entry`, () => {
    assert.equal(parseLetterEntry(text), undefined);
  });
}
