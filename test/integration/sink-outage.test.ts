/** Ten minutes without a target, in simulated time: what waits drains in order, nothing is lost, and memory stays flat. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryObjects } from 'node:v8';
import { DeliveryLoop } from '../../src/delivery/delivery-loop.ts';
import type { JournalReader } from '../../src/audit/journal.ts';
import type { Sink } from '../../src/delivery/sink.ts';
import { makeDeliveryStage, STAGE_SETTINGS } from '../support/delivery-stage.ts';
import { sampleEntry } from '../support/journal-entries.ts';
import { SimulatedTime } from '../support/simulated-time.ts';

const BACKLOG = 20_000;
const OUTAGE_MS = 600_000;
const MIB = 1024 * 1024;
/** Some pages of a hundred entries; the whole backlog would be 30 MiB. */
const HEAP_GROWTH_MAX = 4 * MIB;

/** A journal whose entries are made when they are read, so that what memory holds is what delivery holds. */
function makeEndlessJournal(): JournalReader & { grow: (count: number) => void; readMax: number } {
  const listeners = new Set<() => void>();
  let last = 0;
  const journal = {
    readMax: 0,
    lastSequence: () => last,
    onAppended: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: async ({ afterSequence, entriesMax }: Parameters<JournalReader['read']>[0]) => {
      const count = Math.min(entriesMax, last - afterSequence);
      journal.readMax = Math.max(journal.readMax, count);
      const entries = Array.from({ length: count }, (_, index) =>
        sampleEntry(afterSequence + index + 1),
      );
      return { entries, firstSequence: 1 };
    },
    grow: (count: number) => {
      last += count;
      for (const listener of listeners) listener();
    },
  };
  return journal;
}

function collectedHeap(): number {
  // Counting objects begins with a full collection.
  queryObjects(SimulatedTime);
  return process.memoryUsage().heapUsed;
}

test('a sink that is away for ten minutes gets everything afterwards, once and in order', async () => {
  const journal = makeEndlessJournal();
  const stage = makeDeliveryStage({
    batch: { entriesMax: 100, bytesMax: MIB, delayMs: 200 },
    delivery: { ...STAGE_SETTINGS.delivery, breakerFailures: 5, breakerOpenMs: 30_000 },
  });
  const { time } = stage;
  const upAtMs = time.clock.monotonicMs() + OUTAGE_MS;
  let next = 1;
  let attempts = 0;
  let heapMax = 0;
  const sink: Sink = {
    name: 'siem',
    send: async (entries) => {
      attempts += 1;
      const isDown = time.clock.monotonicMs() < upAtMs;
      if (isDown) return { status: 'retry', reason: 'Connection refused' };
      for (const { sequence } of entries) {
        assert.equal(sequence, next, 'in order, and none twice');
        next += 1;
      }
      if (next % 2000 < 100) heapMax = Math.max(heapMax, collectedHeap());
      return { status: 'delivered' };
    },
    close: async () => {},
  };
  const delivery = await DeliveryLoop.start({ ...stage.options, journal, sink });
  const heapBefore = collectedHeap();

  for (let grown = 0; grown < BACKLOG; grown += 100) {
    journal.grow(100);
    await time.pass(OUTAGE_MS / (BACKLOG / 100));
  }
  const attemptsWhileAway = attempts;
  await time.passUntil(() => next === BACKLOG + 1);
  const drainedMs = time.clock.monotonicMs() - upAtMs;
  await delivery.close();

  assert.equal(delivery.settledThrough(), BACKLOG);
  assert.ok(attemptsWhileAway <= 50, `a target that is away was asked ${attemptsWhileAway} times`);
  assert.ok(drainedMs <= 30_000, `drained ${drainedMs} ms after the target was back`);
  assert.equal(journal.readMax, 100);
  const grown = heapMax - heapBefore;
  assert.ok(grown < HEAP_GROWTH_MAX, `the heap grew by ${Math.round(grown / MIB)} MiB`);
  assert.deepEqual(
    stage.telemetry.entries.map(({ level, message }) => `${level}: ${message}`),
    [
      'warn: A sink failed: its records wait in the journal and are sent again',
      'error: A sink is down: it is left alone and probed with one record',
      'info: A sink works again',
    ],
  );
});

test('a sink that fails every other send loses nothing and repeats only what failed', async () => {
  const journal = makeEndlessJournal();
  const stage = makeDeliveryStage({ batch: { entriesMax: 50, bytesMax: MIB, delayMs: 0 } });
  let sends = 0;
  const accepted: number[] = [];
  const sink: Sink = {
    name: 'siem',
    send: async (entries) => {
      sends += 1;
      if (sends % 2 === 1) return { status: 'retry', reason: '503' };
      accepted.push(...entries.map(({ sequence }) => sequence));
      return { status: 'delivered' };
    },
    close: async () => {},
  };
  const delivery = await DeliveryLoop.start({ ...stage.options, journal, sink });

  journal.grow(5000);
  await stage.time.passUntil(() => accepted.length === 5000);
  await delivery.close();

  assert.deepEqual(
    accepted,
    Array.from({ length: 5000 }, (_, index) => index + 1),
  );
  assert.equal(sends, 200);
});
