import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingEntries } from '../../../src/delivery/pending-entries.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { settle, SimulatedTime } from '../../support/simulated-time.ts';

function stage(delayMs: number) {
  const journal = new MemoryJournal();
  const time = new SimulatedTime(0);
  const controller = new AbortController();
  const pending = new PendingEntries({
    journal,
    batch: { entriesMax: 10, delayMs },
    wait: time.wait,
    closing: controller.signal,
  });
  const watched = (position: number) => {
    const state = { isDue: false };
    void pending.untilDue(position).then(() => {
      state.isDue = true;
    });
    return state;
  };
  return { journal, time, controller, pending, watched };
}

test('PendingEntries waits for the first entry', async () => {
  const { journal, pending, watched } = stage(0);
  const state = watched(0);
  await settle();
  assert.equal(state.isDue, false);

  journal.append(1);
  await settle();

  assert.equal(state.isDue, true);
  assert.equal(pending.count(0), 1);
  assert.equal(pending.count(5), 0);
});

test('PendingEntries gives the first entry a moment for others to come', async () => {
  const { journal, time, watched } = stage(200);
  journal.append(1);
  const state = watched(0);
  await settle();
  assert.equal(state.isDue, false);

  await time.passUntil(() => state.isDue);

  assert.equal(time.clock.wallMs(), 200);
});

test('PendingEntries does not wait once a batch is full', async () => {
  const { journal, time, watched } = stage(200);
  journal.append(1);
  const state = watched(0);
  await settle();
  journal.append(8);
  await settle();
  assert.equal(state.isDue, false);

  journal.append(1);
  await settle();

  assert.equal(state.isDue, true);
  assert.equal(time.clock.wallMs(), 0);
});

for (const [name, entries] of [
  ['nothing is there', 0],
  ['a batch is not full', 1],
] as const) {
  test(`PendingEntries stops to wait when it closes and ${name}`, async () => {
    const { journal, controller, pending, watched } = stage(200);
    journal.append(entries);
    const state = watched(0);
    await settle();

    controller.abort();
    await settle();
    pending.close();

    assert.equal(state.isDue, true);
    assert.equal(journal.listeners, 0);
  });
}
