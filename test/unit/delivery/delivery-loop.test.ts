import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { formatEntryJson } from '../../../src/audit/entry-json.ts';
import { DeliveryLoop } from '../../../src/delivery/delivery-loop.ts';
import { makeDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import { sampleEntry } from '../../support/journal-entries.ts';
import { settle } from '../../support/simulated-time.ts';

async function start(context: TestContext, stage: DeliveryStage): Promise<DeliveryLoop> {
  const delivery = await DeliveryLoop.start(stage.options);
  context.after(() => delivery.close());
  return delivery;
}

function cursorOf({ journal }: DeliveryStage): unknown {
  return journal.stateOf('delivery', 'cursor/siem');
}

function numbersOf({ sink }: DeliveryStage): readonly number[] {
  return sink.accepted.map(({ sequence }) => sequence);
}

function upTo(last: number, first = 1): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test('DeliveryLoop delivers what is there and what comes, in order, in batches', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(25);

  const delivery = await start(t, stage);
  await settle();
  stage.journal.append(2);
  await settle();

  assert.deepEqual(stage.sink.sends, [upTo(10), upTo(20, 11), upTo(25, 21), [26, 27]]);
  assert.deepEqual(stage.sink.accepted[0], sampleEntry(1));
  assert.equal(delivery.settledThrough(), 27);
  assert.equal(delivery.problem(), undefined);
  assert.deepEqual(cursorOf(stage), { sequence: 27, hash: sampleEntry(27).hash });
});

test('DeliveryLoop delivers a journal that was begun anew from its beginning, without waiting for the old position', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(5);
  const delivery = await start(t, stage);
  await settle();

  stage.journal.beginAnew();
  stage.journal.append(2);
  await settle();

  assert.deepEqual(stage.sink.sends, [upTo(5), [1, 2]]);
  assert.equal(delivery.settledThrough(), 2);
});

test('DeliveryLoop cuts batches by bytes', async (t) => {
  const bytes = Buffer.byteLength(formatEntryJson(sampleEntry(1)));
  const stage = makeDeliveryStage({
    batch: { entriesMax: 10, bytesMax: Math.floor(bytes * 2.5), delayMs: 0 },
  });
  stage.journal.append(5);

  await start(t, stage);
  await settle();

  assert.deepEqual(stage.sink.sends, [[1, 2], [3, 4], [5]]);
});

test('DeliveryLoop sends the same entries again until they are accepted, and nothing before them', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(12);
  stage.sink.script = () =>
    stage.sink.sends.length < 3 ? { status: 'retry', reason: 'Down' } : { status: 'delivered' };

  await start(t, stage);
  await stage.time.passUntil(() => stage.sink.accepted.length === 12);

  assert.deepEqual(stage.sink.sends, [upTo(10), upTo(10), upTo(10), [11, 12]]);
  assert.deepEqual(numbersOf(stage), upTo(12));
});

test('DeliveryLoop probes a sink that is down with one entry', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(3);
  stage.sink.script = () =>
    stage.sink.sends.length < 5 ? { status: 'retry', reason: 'Down' } : { status: 'delivered' };

  await start(t, stage);
  await stage.time.passUntil(() => stage.sink.accepted.length === 3);

  assert.deepEqual(stage.sink.sends, [[1, 2, 3], [1, 2, 3], [1, 2, 3], [1], [1], [2, 3]]);
  assert.deepEqual(
    stage.time.waits.filter((delayMs) => delayMs !== 1000),
    [100, 200, 5000, 5000],
  );
});

test('DeliveryLoop obeys what the target asks for, up to the bound', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(1);
  const answers = [30_000, 3_600_000];
  stage.sink.script = () => {
    const retryAfterMs = answers.shift();
    return retryAfterMs === undefined
      ? { status: 'delivered' }
      : { status: 'retry', reason: 'Too many', retryAfterMs };
  };
  const beganMs = stage.time.clock.wallMs();

  await start(t, stage);
  await stage.time.passUntil(() => stage.sink.accepted.length === 1);

  assert.equal(stage.time.clock.wallMs() - beganMs, 33_000 + 60_000);
});

test('DeliveryLoop keeps a refused entry as a dead letter and goes on behind it', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(4);
  stage.sink.script = (entries) => {
    const sequences = entries.map(({ sequence }) => sequence).filter((number) => number === 2);
    return sequences.length === 0
      ? { status: 'delivered' }
      : { status: 'refused', sequences, reason: 'Not today' };
  };

  await start(t, stage);
  await settle();

  assert.deepEqual(numbersOf(stage), [1, 3, 4]);
  assert.deepEqual(
    [...(stage.journal.state.spaces.get('dead-letters')?.keys() ?? [])],
    ['siem/0000000000000002'],
  );
  assert.deepEqual(await stage.telemetry.exposed('holdfast_sink_entries_total{'), [
    'holdfast_sink_entries_total{sink="siem",outcome="delivered"} 3',
    'holdfast_sink_entries_total{sink="siem",outcome="refused"} 1',
  ]);
});

test('DeliveryLoop halves what is too large, and refuses what is so alone', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(8);
  stage.sink.script = (entries) =>
    entries.some(({ sequence }) => sequence === 6)
      ? { status: 'too-large', reason: 'Too large' }
      : { status: 'delivered' };

  await start(t, stage);
  await settle();

  assert.deepEqual(numbersOf(stage), [1, 2, 3, 4, 5, 7, 8]);
  assert.deepEqual(stage.sink.sends, [
    upTo(8),
    upTo(4),
    [5, 6, 7, 8],
    [5, 6],
    [5],
    [6, 7],
    [6],
    [7, 8],
  ]);
  assert.ok(stage.journal.stateOf('dead-letters', 'siem/0000000000000006') !== undefined);
});

test('DeliveryLoop stops taking refusals for final when there are too many dead letters', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(6);
  stage.sink.script = (entries) =>
    entries.length > 1
      ? { status: 'too-large', reason: 'Never' }
      : { status: 'refused', sequences: entries.map(({ sequence }) => sequence), reason: 'Never' };

  await start(t, stage);
  await stage.time.pass(60_000);
  assert.equal(stage.journal.state.spaces.get('dead-letters')?.size, 3);
  assert.deepEqual(cursorOf(stage), { sequence: 3, hash: sampleEntry(3).hash });
  await stage.journal.state.write('dead-letters', { 'siem/0000000000000001': undefined });
  stage.sink.script = () => ({ status: 'delivered' });
  await stage.time.passUntil(() => stage.sink.accepted.length === 3);

  assert.deepEqual(numbersOf(stage), [4, 5, 6]);
  assert.ok(
    stage.telemetry.entries.some(
      ({ fields }) =>
        fields['reason'] ===
        'There is no room for more dead letters (audit.sinks.delivery.deadLettersMax): Never',
    ),
  );
});

test('DeliveryLoop rests where the target wants no more, and says so', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(3);
  stage.sink.script = () => ({ status: 'stopped', reason: 'Gone' });

  const delivery = await start(t, stage);
  await settle();
  stage.journal.append(3);
  await settle();

  assert.equal(stage.sink.sends.length, 1);
  assert.equal(delivery.settledThrough(), 0);
  assert.equal(delivery.problem(), 'the sink "siem" was told to stop: Gone');
  assert.deepEqual(stage.telemetry.entries.at(-1), {
    level: 'error',
    message: 'A sink wants no more records: it rests until the process starts anew',
    fields: { sink: 'siem', reason: 'Gone' },
  });
});

test('DeliveryLoop passes by what the filter holds back', async (t) => {
  const stage = makeDeliveryStage({ filter: { dryRun: true, codes: ['managed_object_changed'] } });
  stage.journal.append(12, { code: 'allowed' });
  stage.journal.append(1);
  stage.journal.append(2, { code: 'allowed' });

  const delivery = await start(t, stage);
  await settle();

  assert.deepEqual(stage.sink.sends, [[13]]);
  // After a crash the last two are read again: retention must not have removed them, or they would be told to be gone.
  assert.equal(delivery.settledThrough(), 13);
  assert.deepEqual(await stage.telemetry.exposed('holdfast_sink_entries_total{'), [
    'holdfast_sink_entries_total{sink="siem",outcome="filtered"} 14',
    'holdfast_sink_entries_total{sink="siem",outcome="delivered"} 1',
  ]);
  await delivery.close();
  assert.deepEqual(cursorOf(stage), { sequence: 15, hash: sampleEntry(15).hash });
});

test('DeliveryLoop masks what it sends and keeps dead letters whole', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(1);
  stage.sink.script = (entries) => {
    assert.equal(entries[0]?.record.message, '[masked]');
    return { status: 'refused', sequences: [1], reason: 'Never' };
  };

  const delivery = await DeliveryLoop.start({
    ...stage.options,
    prepareMask: async () => ({ ok: true, mask: (record) => ({ ...record, message: '[masked]' }) }),
  });
  t.after(() => delivery.close());
  await settle();

  const letter = stage.journal.state.spaces.get('dead-letters/siem/0000000000000001')?.get('entry');
  assert.ok(letter?.includes('checkout changes only through Git'));
});

test('DeliveryLoop sends nothing while the key of the mask cannot be had', async (t) => {
  const stage = makeDeliveryStage();
  stage.journal.append(1);
  const prepared = [{ ok: false, reason: 'The key file is empty' } as const];
  const delivery = await DeliveryLoop.start({
    ...stage.options,
    prepareMask: async () => prepared.shift() ?? { ok: true, mask: (record) => record },
  });
  t.after(() => delivery.close());
  await settle();
  assert.equal(stage.sink.sends.length, 0);

  await stage.time.passUntil(() => stage.sink.accepted.length === 1);

  assert.equal(stage.telemetry.entries[0]?.fields['reason'], 'The key file is empty');
});

test('DeliveryLoop goes on after the journal could not be read, and says so once', async (t) => {
  const stage = makeDeliveryStage();
  await start(t, stage);
  stage.journal.readFault = new Error('EIO');
  stage.journal.append(1);
  await stage.time.pass(5000);
  assert.equal(stage.sink.sends.length, 0);

  stage.journal.readFault = undefined;
  await stage.time.passUntil(() => stage.sink.accepted.length === 1);

  assert.deepEqual(
    stage.telemetry.entries.map(({ message }) => message),
    ['The journal could not be read for a sink; it is tried again'],
  );
});

test('DeliveryLoop shows how far behind a sink is, in entries and in seconds', async (t) => {
  const stage = makeDeliveryStage();
  const time = new Date(stage.time.clock.wallMs() - 5000).toISOString();
  stage.journal.append(12, { time });
  stage.sink.script = () =>
    stage.sink.sends.length === 1 ? { status: 'delivered' } : { status: 'retry', reason: 'Down' };
  await start(t, stage);
  await settle();

  assert.deepEqual(await stage.telemetry.exposed('holdfast_sink_lag'), [
    'holdfast_sink_lag_entries{sink="siem"} 2',
    'holdfast_sink_lag_seconds{sink="siem"} 5',
  ]);
  stage.sink.script = () => ({ status: 'delivered' });
  await stage.time.passUntil(() => stage.sink.accepted.length === 12);
  assert.deepEqual(await stage.telemetry.exposed('holdfast_sink_lag'), [
    'holdfast_sink_lag_entries{sink="siem"} 0',
    'holdfast_sink_lag_seconds{sink="siem"} 0',
  ]);
});
