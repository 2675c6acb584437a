/** What a sink gets when the process ends at a bad moment, or the journal has moved on meanwhile. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { DeliveryLoop } from '../../src/delivery/delivery-loop.ts';
import { GAP_CODE } from '../../src/delivery/gap-entry.ts';
import {
  makeDeliveryStage,
  STAGE_SETTINGS,
  type DeliveryStage,
} from '../support/delivery-stage.ts';
import { settle } from '../support/simulated-time.ts';

async function start(context: TestContext, stage: DeliveryStage): Promise<DeliveryLoop> {
  const delivery = await DeliveryLoop.start(stage.options);
  context.after(() => delivery.close());
  return delivery;
}

function numbersOf({ sink }: DeliveryStage): readonly number[] {
  return sink.accepted.map(({ sequence }) => sequence);
}

function upTo(last: number, first = 1): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test('DeliveryLoop tells a sink in order what retention took from it', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(20);
  stage.sink.script = () =>
    stage.sink.sends.length === 1 ? { status: 'delivered' } : { status: 'retry', reason: 'Down' };
  const first = await DeliveryLoop.start(stage.options);
  await settle();
  await first.close();
  stage.journal.removeBefore(16);
  stage.sink.script = () => ({ status: 'delivered' });

  const delivery = await start(t, stage);
  await stage.time.pass(2000);

  assert.deepEqual(numbersOf(stage), [...upTo(10), ...upTo(20, 15)]);
  assert.equal(stage.sink.accepted[10]?.record.code, GAP_CODE);
  assert.equal(delivery.settledThrough(), 20);
  assert.deepEqual(
    stage.telemetry.entries.find(({ fields }) => fields['count'] !== undefined),
    {
      level: 'error',
      message: 'Records are gone from the journal before a sink had them',
      fields: { sink: 'siem', firstSequence: 11, lastSequence: 15, count: 5 },
    },
  );
  const lines = await stage.telemetry.exposed('holdfast_sink_entries_total{');
  assert.ok(lines.includes('holdfast_sink_entries_total{sink="siem",outcome="lost"} 5'));
});

test('DeliveryLoop tells a gap even where nothing is left behind it', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(4);
  await stage.journal.state.write('delivery', { 'cursor/siem': '{"sequence":2}' });
  stage.journal.removeBefore(5);

  const delivery = await start(t, stage);
  await stage.time.pass(2000);
  stage.journal.append(1);
  await settle();

  assert.deepEqual(numbersOf(stage), [4, 5]);
  assert.equal(delivery.settledThrough(), 5);
});

test('DeliveryLoop ends a send that is under way when it is closed, and sends it again after the next start', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(3);
  stage.sink.script = (_entries, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve({ status: 'retry', reason: 'Given up' });
      });
    });
  const first = await DeliveryLoop.start(stage.options);
  await settle();

  await first.close();
  assert.equal(stage.sink.closed, true);
  assert.equal(stage.journal.listeners, 0);
  assert.deepEqual(stage.telemetry.entries, []);
  stage.sink.script = () => ({ status: 'delivered' });
  await start(t, stage);
  await settle();

  assert.deepEqual(numbersOf(stage), [1, 2, 3]);
});

test('DeliveryLoop sends what was accepted again, with the same hash, where the cursor was not written', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(3);
  await settle();
  stage.sink.script = () => {
    stage.journal.writeFault = new Error('the process is killed here');
    return { status: 'delivered' };
  };
  const killed = await DeliveryLoop.start(stage.options);
  await settle();
  await killed.close();
  stage.journal.writeFault = undefined;
  stage.sink.script = () => ({ status: 'delivered' });

  await start(t, stage);
  await settle();

  assert.deepEqual(numbersOf(stage), [1, 2, 3, 1, 2, 3]);
  assert.deepEqual(
    stage.sink.accepted.slice(0, 3).map(({ hash }) => hash),
    stage.sink.accepted.slice(3).map(({ hash }) => hash),
  );
});

test('DeliveryLoop lets no sink wait for another', async (t) => {
  const slow = makeDeliveryStage();
  const quick = makeDeliveryStage({ ...STAGE_SETTINGS, name: 'file' }, slow.journal);
  slow.sink.script = (_entries, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve({ status: 'retry', reason: 'Given up' });
      });
    });
  slow.journal.append(100);

  await start(t, slow);
  await start(t, quick);
  await slow.time.passUntil(() => quick.sink.accepted.length === 100);

  assert.equal(slow.sink.sends.length, 1);
});

test('DeliveryLoop tells a sink in order what was put away in the middle of the journal', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(3);
  stage.journal.skip(1000);
  stage.journal.append(2);

  const delivery = await start(t, stage);
  await stage.time.pass(2000);

  assert.deepEqual(numbersOf(stage), [1, 2, 3, 1003, 1004, 1005]);
  assert.equal(stage.sink.accepted[3]?.record.code, GAP_CODE);
  assert.equal(delivery.settledThrough(), 1005);
});

test('DeliveryLoop goes on behind numbers that no entry has yet', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(1);
  stage.journal.skip(1000);

  const delivery = await start(t, stage);
  await stage.time.pass(2000);
  assert.equal(delivery.settledThrough(), 1001);
  stage.journal.append(1);
  await settle();

  assert.deepEqual(numbersOf(stage), [1, 1001, 1002]);
});

test('DeliveryLoop does not take entries for gone that are there when it asks again', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(5);
  await stage.journal.state.write('delivery', { 'cursor/siem': '{"sequence":0}' });
  stage.journal.emptyReads = 1;

  await start(t, stage);
  await stage.time.pass(2000);

  assert.deepEqual(numbersOf(stage), upTo(5));
  assert.deepEqual(stage.telemetry.entries, []);
});

test('DeliveryLoop delivers everything before a damaged entry, stops there and says so', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.damagedSequence = 8;
  stage.journal.append(20);

  const delivery = await start(t, stage);
  await stage.time.pass(60_000);

  assert.deepEqual(numbersOf(stage), upTo(7));
  assert.equal(
    delivery.problem(),
    'the journal cannot be read for the sink "siem": Entry 8 is damaged',
  );
  stage.journal.damagedSequence = undefined;
  await stage.time.passUntil(() => stage.sink.accepted.length === 20);
  assert.equal(delivery.problem(), undefined);
});

for (const [name, answers, count] of [
  ['delivers what a working sink still takes', ['delivered', 'delivered', 'delivered'], 25],
  ['does not wait for a sink that fails', ['delivered', 'retry'], 10],
] as const) {
  test(`DeliveryLoop ${name} when it is closed`, async () => {
    const stage = makeDeliveryStage({ delivery: { ...STAGE_SETTINGS.delivery, closeMs: 2000 } });
    const script: ('delivered' | 'retry')[] = [...answers];
    stage.sink.script = async () =>
      script.shift() === 'delivered'
        ? { status: 'delivered' }
        : { status: 'retry', reason: 'Down' };
    stage.journal.append(25);
    const delivery = await DeliveryLoop.start(stage.options);
    let isClosed = false;

    void delivery.close().then(() => {
      isClosed = true;
    });
    await stage.time.passUntil(() => isClosed);

    assert.equal(stage.sink.accepted.length, count);
    assert.equal(delivery.settledThrough(), count);
  });
}

test('DeliveryLoop leaves what is not delivered in time for the next start', async () => {
  const stage = makeDeliveryStage({ delivery: { ...STAGE_SETTINGS.delivery, closeMs: 500 } });
  stage.sink.script = (_entries, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve({ status: 'retry', reason: 'Given up' });
      });
    });
  stage.journal.append(1);
  const delivery = await DeliveryLoop.start(stage.options);
  const beganMs = stage.time.clock.monotonicMs();
  let isClosed = false;

  void delivery.close().then(() => {
    isClosed = true;
  });
  await stage.time.passUntil(() => isClosed);

  assert.equal(stage.time.clock.monotonicMs() - beganMs, 500);
  assert.equal(delivery.settledThrough(), 0);
});
