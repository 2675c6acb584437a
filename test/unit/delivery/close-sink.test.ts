import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeSink } from '../../../src/delivery/close-sink.ts';
import { makeScriptedSink } from '../../support/delivery-stage.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { SimulatedTime } from '../../support/simulated-time.ts';

function stage(close: () => Promise<void>) {
  const time = new SimulatedTime(0);
  const { logger, entries } = recordTelemetry();
  const state = { isOver: false };
  void closeSink({ ...makeScriptedSink('siem'), close }, time.wait, logger).then(() => {
    state.isOver = true;
  });
  return { time, entries, state };
}

test('closeSink() waits until the sink is closed', async () => {
  const { time, entries, state } = stage(() => Promise.resolve());

  await time.passUntil(() => state.isOver);

  assert.equal(time.clock.wallMs(), 0);
  assert.deepEqual(entries, []);
});

test('closeSink() does not wait for a sink that hangs', async () => {
  const { time, entries, state } = stage(() => new Promise(() => {}));

  await time.passUntil(() => state.isOver);

  assert.equal(time.clock.wallMs(), 2000);
  assert.deepEqual(entries, [
    { level: 'warn', message: 'A sink did not close in time', fields: { sink: 'siem' } },
  ]);
});

test('closeSink() says that a sink could not be closed, and goes on', async () => {
  const error = new Error('EIO');
  const { time, entries, state } = stage(() => Promise.reject(error));

  await time.passUntil(() => state.isOver);

  assert.deepEqual(entries, [
    { level: 'warn', message: 'A sink could not be closed', fields: { sink: 'siem', error } },
  ]);
});
