import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCursor, writeCursor } from '../../../src/delivery/cursor.ts';
import { findStart } from '../../../src/delivery/find-start.ts';
import { sampleEntry } from '../../support/journal-entries.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

function stage(startAt: 'oldest' | 'newest' = 'oldest') {
  const journal = new MemoryJournal();
  journal.append(10);
  const { logger, entries } = recordTelemetry();
  return {
    journal,
    entries,
    start: () =>
      findStart({ settings: { name: 'siem', startAt }, journal, state: journal.state, logger }),
  };
}

test('findStart() begins with the oldest entry that is kept, and a gap before it is none', async () => {
  const { journal, start } = stage();
  journal.removeBefore(4);

  assert.deepEqual(await start(), { sequence: 3 });
  assert.deepEqual(await readCursor(journal.state, 'siem'), { sequence: 3, hash: undefined });
});

test('findStart() begins with the next entry where that is wanted', async () => {
  const { start } = stage('newest');

  assert.deepEqual(await start(), { sequence: 10 });
});

test('findStart() goes on where the sink was, whatever it would begin with', async () => {
  const { journal, start } = stage('newest');
  const cursor = { sequence: 6, hash: sampleEntry(6).hash };
  await writeCursor(journal.state, 'siem', cursor);

  assert.deepEqual(await start(), cursor);
});

test('findStart() keeps a place that retention has passed: the gap is told when it is read', async () => {
  const { journal, start, entries } = stage();
  await writeCursor(journal.state, 'siem', { sequence: 2, hash: sampleEntry(2).hash });
  journal.removeBefore(5);

  assert.equal((await start()).sequence, 2);
  assert.deepEqual(entries, []);
});

for (const [name, cursor] of [
  ['beyond its end', { sequence: 11 }],
  ['with another hash', { sequence: 6, hash: 'f'.repeat(64) }],
] as const) {
  test(`findStart() finds a place ${name} to be one in another journal, says so and begins anew`, async () => {
    const { journal, start, entries } = stage();
    await writeCursor(journal.state, 'siem', cursor);

    assert.deepEqual(await start(), { sequence: 0 });
    assert.deepEqual(entries, [
      {
        level: 'error',
        message: 'A sink had its place in another journal: it begins with the oldest record',
        fields: { sink: 'siem', sequence: cursor.sequence, lastSequence: 10 },
      },
    ]);
  });
}
