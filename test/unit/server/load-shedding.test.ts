import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLoadShedding } from '../../../src/server/load-shedding.ts';
import { waitUntil } from '../../support/wait-until.ts';

test('startLoadShedding() gives so many places and takes them back', (context) => {
  const shedding = startLoadShedding({ concurrentRequestsMax: 2 });
  context.after(shedding.close);
  assert.deepEqual(
    [shedding.enter(), shedding.enter(), shedding.enter(), shedding.inFlight()],
    ['entered', 'entered', 'too_many_requests', 2],
  );
  shedding.leave();
  assert.deepEqual([shedding.inFlight(), shedding.enter()], [1, 'entered']);
});

test('startLoadShedding() forgives one late moment', async (context) => {
  const options = { concurrentRequestsMax: 10, eventLoopLagMsMax: 50, samplingMs: 20 };
  const shedding = startLoadShedding(options);
  context.after(shedding.close);
  block(200);
  await waitUntil(() => shedding.eventLoopLagMs() > 50);
  assert.equal(shedding.enter(), 'entered');
});

test('startLoadShedding() refuses while the event loop stays late, and recovers', async (context) => {
  const shedding = startLoadShedding({
    concurrentRequestsMax: 10,
    eventLoopLagMsMax: 50,
    samplingMs: 20,
  });
  context.after(shedding.close);
  await waitUntil(() => {
    block(400);
    return shedding.enter() === 'event_loop_late';
  });
  assert.ok(shedding.eventLoopLagMs() > 50);
  await waitUntil(() => shedding.enter() === 'entered');
});

/** Holds the event loop, as a policy or a large review in the wrong thread would. */
function block(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}
