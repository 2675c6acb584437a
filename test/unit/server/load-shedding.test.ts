import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLoadShedding } from '../../../src/server/load-shedding.ts';
import { clientFrom, testClients } from '../../support/server-clients.ts';
import { waitUntil } from '../../support/wait-until.ts';

const clients = testClients();
const apiServer = clientFrom(clients, '10.0.0.1');
apiServer.prove();

test('startLoadShedding() gives so many places and takes them back', (context) => {
  const shedding = startLoadShedding({ concurrentRequestsMax: 2 });
  context.after(shedding.close);
  assert.deepEqual(
    [
      shedding.enter(apiServer),
      shedding.enter(apiServer),
      shedding.enter(apiServer),
      shedding.inFlight(),
    ],
    ['entered', 'entered', 'too_many_requests', 2],
  );
  shedding.leave(apiServer);
  assert.deepEqual([shedding.inFlight(), shedding.enter(apiServer)], [1, 'entered']);
  shedding.leave(apiServer);
  shedding.leave(apiServer);
  assert.deepEqual([apiServer.places, apiServer.source.places], [0, 0]);
});

test('startLoadShedding() gives strangers half of the places, and one source of theirs half of it', (context) => {
  const shedding = startLoadShedding({ concurrentRequestsMax: 8 });
  context.after(shedding.close);
  const one = clientFrom(clients, '10.0.0.2');
  const other = clientFrom(clients, '10.0.0.3');
  const third = clientFrom(clients, '10.0.0.4');
  assert.deepEqual(
    [one, one, one, other, other, third].map((client) => shedding.enter(client)),
    ['entered', 'entered', 'too_many_requests', 'entered', 'entered', 'too_many_requests'],
  );
  assert.equal(shedding.enter(apiServer), 'entered');
  shedding.leave(apiServer);
  shedding.leave(one);
  assert.equal(shedding.enter(third), 'entered');
  for (const client of [one, other, other, third]) shedding.leave(client);
});

test('startLoadShedding() counts a place as it was taken, whatever its client has become since', (context) => {
  const shedding = startLoadShedding({ concurrentRequestsMax: 2 });
  context.after(shedding.close);
  const client = clientFrom(clients, '10.0.0.5');
  assert.equal(shedding.enter(client), 'entered');
  client.prove();
  shedding.leave(client);
  assert.equal(shedding.enter(clientFrom(clients, '10.0.0.6')), 'entered');
});

test('startLoadShedding() forgives one late moment', async (context) => {
  const options = { concurrentRequestsMax: 10, eventLoopLagMsMax: 50, samplingMs: 20 };
  const shedding = startLoadShedding(options);
  context.after(shedding.close);
  block(200);
  await waitUntil(() => shedding.eventLoopLagMs() > 50);
  assert.equal(shedding.enter(apiServer), 'entered');
  shedding.leave(apiServer);
});

test('startLoadShedding() refuses while the event loop stays late, and recovers', async (context) => {
  const shedding = startLoadShedding({
    concurrentRequestsMax: 10,
    eventLoopLagMsMax: 50,
    samplingMs: 20,
  });
  context.after(shedding.close);
  const enter = (): string => {
    const outcome = shedding.enter(apiServer);
    if (outcome === 'entered') shedding.leave(apiServer);
    return outcome;
  };
  const others = [shedding.enter(apiServer), shedding.enter(apiServer)];
  await waitUntil(() => {
    block(400);
    return enter() === 'event_loop_late';
  });
  assert.ok(shedding.eventLoopLagMs() > 50);
  for (const _ of others) shedding.leave(apiServer);
  assert.equal(enter(), 'entered', 'few requests in flight are not what made it late');
  for (const _ of others) shedding.enter(apiServer);
  await waitUntil(() => enter() === 'entered');
});

test('startLoadShedding() refuses strangers at a lag at which the API server is not refused', async (context) => {
  const shedding = startLoadShedding({
    concurrentRequestsMax: 10,
    eventLoopLagMsMax: 600,
    samplingMs: 20,
  });
  context.after(shedding.close);
  const stranger = clientFrom(clients, '10.0.0.7');
  await waitUntil(() => {
    block(300);
    if (shedding.enter(stranger) === 'event_loop_late') return true;
    shedding.leave(stranger);
    return false;
  });
  assert.equal(shedding.enter(apiServer), 'entered');
});

/** Holds the event loop, as a policy or a large review in the wrong thread would. */
function block(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}
