import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DeadLetters,
  listLetters,
  readLetter,
  removeLetter,
} from '../../../src/delivery/dead-letters.ts';
import { sampleEntry } from '../../support/journal-entries.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';

function letter(sequence: number): Parameters<DeadLetters['add']>[0][number] {
  return { entry: sampleEntry(sequence), reason: 'Too old', refusedAt: '2026-01-05T00:00:00.000Z' };
}

test('DeadLetters keeps letters in the order of their entries, beside those of other sinks', async () => {
  const { state } = new MemoryJournal();
  const letters = new DeadLetters({ state, sink: 'siem', countMax: 10 });
  const others = new DeadLetters({ state, sink: 'siem.eu', countMax: 10 });
  await letters.add([letter(10), letter(9)]);
  await others.add([letter(1)]);

  const kept = await listLetters(state, 'siem');

  assert.deepEqual(
    kept,
    [9, 10].map((number) => ({
      key: `siem/${String(number).padStart(16, '0')}`,
      sequence: number,
      decisionId: sampleEntry(number).record.decisionId,
      reason: 'Too old',
      refusedAt: '2026-01-05T00:00:00.000Z',
    })),
  );
  assert.deepEqual(await Promise.all(kept.map((one) => readLetter(state, one))), [
    sampleEntry(9),
    sampleEntry(10),
  ]);
  assert.deepEqual([letters.count, others.count], [2, 1]);
});

test('DeadLetters knows after a restart what is kept, and keeps an entry once', async () => {
  const { state } = new MemoryJournal();
  await new DeadLetters({ state, sink: 'siem', countMax: 3 }).add([letter(1), letter(2)]);
  const letters = new DeadLetters({ state, sink: 'siem', countMax: 3 });
  assert.equal(letters.count, 0);

  await letters.load();
  await letters.add([letter(2)]);

  assert.equal(letters.count, 2);
  assert.equal(letters.hasRoomFor(1), true);
  assert.equal(letters.hasRoomFor(2), false);
});

test('removeLetter() makes room', async () => {
  const { state } = new MemoryJournal();
  const letters = new DeadLetters({ state, sink: 'siem', countMax: 1 });
  await letters.add([letter(1)]);
  const [kept] = await listLetters(state, 'siem');
  assert.ok(kept !== undefined);

  await removeLetter(state, kept);
  await letters.load();

  assert.equal(letters.hasRoomFor(1), true);
  assert.equal(await readLetter(state, kept), undefined);
});

test('listLetters() leaves out what is no letter', async () => {
  const { state } = new MemoryJournal();
  await state.write('dead-letters', { 'siem/0000000000000001': '{' });

  assert.deepEqual(await listLetters(state, 'siem'), []);
});

test('DeadLetters cuts the words of a talkative target', async () => {
  const { state } = new MemoryJournal();
  const letters = new DeadLetters({ state, sink: 'siem', countMax: 1 });

  await letters.add([{ ...letter(1), reason: 'x'.repeat(10_000) }]);

  const [kept] = await listLetters(state, 'siem');
  assert.equal(kept?.reason, 'x'.repeat(500));
});
