import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeadLetters } from '../../../src/delivery/dead-letters.ts';
import { createDeliveryMeter } from '../../../src/delivery/delivery-meter.ts';
import { Progress } from '../../../src/delivery/progress.ts';
import { sampleEntry } from '../../support/journal-entries.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { settle, SimulatedTime } from '../../support/simulated-time.ts';

function stage() {
  const journal = new MemoryJournal();
  const time = new SimulatedTime(Date.UTC(2026, 0, 5));
  const { logger, metrics, entries, exposed } = recordTelemetry();
  const { state } = journal;
  const progress = new Progress({
    settings: { name: 'siem' },
    state,
    letters: new DeadLetters({ state, sink: 'siem', countMax: 2 }),
    start: { sequence: 0 },
    meter: createDeliveryMeter(metrics, 'siem'),
    logger,
    clock: time.clock,
    wait: time.wait,
  });
  return { journal, time, progress, entries, exposed };
}

function part(...numbers: readonly number[]) {
  return numbers.map((number) => {
    const entry = sampleEntry(number);
    return { entry, masked: entry, bytes: 1 };
  });
}

test('Progress moves the cursor once the part is settled', async () => {
  const { journal, progress, exposed } = stage();

  await progress.settle(part(1, 2, 3), { refused: [], reason: '' });

  assert.equal(progress.position, 3);
  assert.deepEqual(journal.stateOf('delivery', 'cursor/siem'), {
    sequence: 3,
    hash: sampleEntry(3).hash,
  });
  assert.deepEqual(await exposed('holdfast_sink_entries_total{'), [
    'holdfast_sink_entries_total{sink="siem",outcome="delivered"} 3',
  ]);
});

test('Progress keeps what was refused before it moves the cursor', async () => {
  const { journal, progress, entries, exposed } = stage();
  const sent = part(1, 2);

  await progress.settle(sent, { refused: sent.slice(1), reason: 'Too old' });

  assert.deepEqual(journal.stateOf('dead-letters', 'siem/0000000000000002'), {
    sequence: 2,
    decisionId: sampleEntry(2).record.decisionId,
    reason: 'Too old',
    refusedAt: '2026-01-05T00:00:00.000Z',
  });
  assert.deepEqual(entries, [
    {
      level: 'warn',
      message: 'A sink refused records: they are kept as dead letters',
      fields: {
        sink: 'siem',
        count: 1,
        firstSequence: 2,
        decisionId: sampleEntry(2).record.decisionId,
        reason: 'Too old',
        remedy: 'Fix the cause, then run holdfast audit replay',
      },
    },
  ]);
  assert.deepEqual(await exposed('holdfast_sink_dead_letters{'), [
    'holdfast_sink_dead_letters{sink="siem"} 1',
  ]);
});

test('Progress finds the room that somebody has made from outside', async () => {
  const { journal, progress } = stage();
  const sent = part(1, 2);
  await progress.settle(sent, { refused: sent, reason: '' });
  assert.equal(await progress.hasRoomFor(1), false);

  await journal.state.write('dead-letters', { 'siem/0000000000000001': undefined });

  assert.equal(await progress.hasRoomFor(1), true);
});

test('Progress writes a disk that fails again and again until it works, and says so once', async () => {
  const { journal, time, progress, entries } = stage();
  journal.writeFault = new Error('ENOSPC');
  let isSettled = false;

  void progress.settle(part(1), { refused: [], reason: '' }).then(() => {
    isSettled = true;
  });
  await time.pass(5000);
  assert.equal(progress.position, 0);
  journal.writeFault = undefined;
  await time.passUntil(() => isSettled);

  assert.equal(progress.position, 1);
  assert.deepEqual(
    entries.map(({ message }) => message),
    ['The place of a sink could not be saved'],
  );
});

for (const refuses of [false, true]) {
  test(`Progress gives up a disk that fails when the process stops, ${refuses ? 'letters' : 'cursor'} unwritten`, async () => {
    const { journal, time, progress } = stage();
    const sent = part(1);
    journal.writeFault = new Error('ENOSPC');

    const settling = progress.settle(sent, { refused: refuses ? sent : [], reason: '' });
    await settle();
    progress.stop();
    await settling;
    await progress.save();

    assert.equal(progress.position, 0);
    assert.equal(journal.stateOf('delivery', 'cursor/siem'), undefined);
    assert.ok(time.waits.length <= 1);
  });
}

test('Progress writes skipped entries rarely, and when it is asked to', async () => {
  const { journal, progress } = stage();
  await progress.skipTo(sampleEntry(999), 999);
  assert.equal(progress.position, 999);
  assert.equal(journal.stateOf('delivery', 'cursor/siem'), undefined);

  await progress.skipTo(sampleEntry(1000), 1);
  assert.deepEqual(journal.stateOf('delivery', 'cursor/siem'), {
    sequence: 1000,
    hash: sampleEntry(1000).hash,
  });
  await progress.skipTo(sampleEntry(1001), 1);
  await progress.save();

  assert.deepEqual(journal.stateOf('delivery', 'cursor/siem'), {
    sequence: 1001,
    hash: sampleEntry(1001).hash,
  });
});

test('Progress writes a few skipped entries after ten seconds, so that retention can remove them', async () => {
  const { time, progress } = stage();
  await progress.skipTo(sampleEntry(1), 1);
  assert.equal(progress.settledThrough, 0);

  await time.pass(10_000);
  await progress.skipTo(sampleEntry(2), 1);
  assert.equal(progress.settledThrough, 2);
  await progress.skipTo(sampleEntry(3), 1);

  assert.equal(progress.settledThrough, 2);
});

test('Progress of nothing is none', async () => {
  const { journal, progress } = stage();

  await progress.settle([], { refused: [], reason: '' });

  assert.equal(journal.state.spaces.size, 0);
});
