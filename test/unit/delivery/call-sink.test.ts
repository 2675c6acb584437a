import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeSink, sendOnce } from '../../../src/delivery/call-sink.ts';
import { makeScriptedSink } from '../../support/delivery-stage.ts';
import { sampleEntries } from '../../support/journal-entries.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { SimulatedTime } from '../../support/simulated-time.ts';

const entries = sampleEntries(1, 2);

function never<T>(): Promise<T> {
  return new Promise(() => {});
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

test('sendOnce() answers what the sink answers, and leaves no timer', async () => {
  const sink = makeScriptedSink('siem');
  const time = new SimulatedTime();

  const outcome = await sendOnce(sink, entries, {
    timeoutMs: 100,
    closing: new AbortController().signal,
    wait: time.wait,
  });

  assert.deepEqual(outcome, { status: 'delivered' });
  await assert.rejects(
    time.passUntil(() => false),
    /Nothing is waiting/u,
  );
});

test('sendOnce() ends a send at its time-out, and hears what the sink still says', async () => {
  const sink = makeScriptedSink('siem');
  const time = new SimulatedTime();
  sink.script = async (_entries, signal) => {
    await untilAborted(signal);
    return { status: 'delivered' };
  };
  let outcome: unknown;
  const closing = new AbortController().signal;

  void sendOnce(sink, entries, { timeoutMs: 100, closing, wait: time.wait }).then((heard) => {
    outcome = heard;
  });
  await time.passUntil(() => outcome !== undefined);

  assert.deepEqual(outcome, { status: 'delivered' });
});

test('sendOnce() does not wait for a sink that never ends', async () => {
  const sink = makeScriptedSink('siem');
  const time = new SimulatedTime(0);
  sink.script = () => never();
  let outcome: unknown;
  const closing = new AbortController().signal;

  void sendOnce(sink, entries, { timeoutMs: 100, closing, wait: time.wait }).then((heard) => {
    outcome = heard;
  });
  await time.passUntil(() => outcome !== undefined);

  assert.deepEqual(outcome, { status: 'retry', reason: 'Nothing came of it within 100 ms' });
  assert.equal(time.clock.wallMs(), 1100);
});

test('sendOnce() makes a thrown error an outcome', async () => {
  const sink = makeScriptedSink('siem');
  const { wait } = new SimulatedTime();
  const means = { timeoutMs: 100, closing: new AbortController().signal, wait };
  sink.script = () => {
    throw new Error('boom');
  };

  assert.deepEqual(await sendOnce(sink, entries, means), {
    status: 'retry',
    reason: 'The sink failed: boom',
  });
});

for (const isClosed of [false, true]) {
  test(`sendOnce() tells the sink that the process ${isClosed ? 'has been stopping' : 'begins to stop'}`, async () => {
    const sink = makeScriptedSink('siem');
    const time = new SimulatedTime();
    const closing = new AbortController();
    if (isClosed) closing.abort();
    sink.script = async (_entries, signal) => {
      if (!signal.aborted) await untilAborted(signal);
      return { status: 'retry', reason: 'Given up' };
    };

    const sending = sendOnce(sink, entries, {
      timeoutMs: 100,
      closing: closing.signal,
      wait: time.wait,
    });
    closing.abort();

    assert.deepEqual(await sending, { status: 'retry', reason: 'Given up' });
  });
}

function closingStage(close: () => Promise<void>) {
  const time = new SimulatedTime(0);
  const { logger, entries: logged } = recordTelemetry();
  const state = { isOver: false };
  void closeSink({ ...makeScriptedSink('siem'), close }, time.wait, logger).then(() => {
    state.isOver = true;
  });
  return { time, logged, state };
}

test('closeSink() waits until the sink is closed', async () => {
  const { time, logged, state } = closingStage(() => Promise.resolve());

  await time.passUntil(() => state.isOver);

  assert.equal(time.clock.wallMs(), 0);
  assert.deepEqual(logged, []);
});

test('closeSink() does not wait for a sink that hangs', async () => {
  const { time, logged, state } = closingStage(() => new Promise(() => {}));

  await time.passUntil(() => state.isOver);

  assert.equal(time.clock.wallMs(), 2000);
  assert.deepEqual(logged, [
    { level: 'warn', message: 'A sink did not close in time', fields: { sink: 'siem' } },
  ]);
});

test('closeSink() says that a sink could not be closed, and goes on', async () => {
  const error = new Error('EIO');
  const { time, logged, state } = closingStage(() => Promise.reject(error));

  await time.passUntil(() => state.isOver);

  assert.deepEqual(logged, [
    { level: 'warn', message: 'A sink could not be closed', fields: { sink: 'siem', error } },
  ]);
});
