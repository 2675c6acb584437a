import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyBudget, HeldBody } from '../../../src/server/body-budget.ts';
import type { Client } from '../../../src/server/clients.ts';
import { clientFrom, testClients } from '../../support/server-clients.ts';

/** What a chunk costs besides its bytes. */
const CHUNK = 256;
const clients = testClients();

function known(address: string): Client {
  const client = clientFrom(clients, address);
  client.prove();
  return client;
}

interface Held {
  readonly body: HeldBody;
  readonly isCut: () => boolean;
}

function hold(client: Client): Held {
  let cut = false;
  const body = new HeldBody(client, () => {
    cut = true;
  });
  return { body, isCut: () => cut };
}

test('bytes are counted with what a chunk costs, until they are released', () => {
  const budget = new BodyBudget(100_000);
  const client = known('10.0.0.1');
  const { body, isCut } = hold(client);
  budget.take(body, 1000);
  budget.take(body, 1);
  assert.deepEqual([budget.bytes, client.source.bodyBytes], [1001 + 2 * CHUNK, 1001 + 2 * CHUNK]);
  budget.complete(body);
  budget.release(body);
  budget.release(body);
  assert.deepEqual([budget.bytes, client.source.bodyBytes, isCut()], [0, 0, false]);
});

test('a body of one byte a chunk does not get past the limit', () => {
  const budget = new BodyBudget(100 * CHUNK);
  const { body, isCut } = hold(known('10.0.0.2'));
  for (let chunk = 0; chunk < 100; chunk += 1) budget.take(body, 1);
  assert.equal(isCut(), true);
});

test('the largest body of the source that holds most is cut', () => {
  const budget = new BodyBudget(20_000);
  const [one, other] = [known('10.0.0.3'), known('10.0.0.4')];
  const [small, large, single] = [hold(one), hold(one), hold(other)];
  budget.take(small.body, 4000);
  budget.take(large.body, 6000);
  budget.take(single.body, 7000);
  budget.take(single.body, 2500);
  assert.deepEqual(
    [small, large, single].map(({ isCut }) => isCut()),
    [false, true, false],
  );
});

test('strangers hold half, and theirs are cut before those of the API server', () => {
  const budget = new BodyBudget(20_000);
  const stranger = hold(clientFrom(clients, '10.0.1.1'));
  const other = hold(clientFrom(clients, '10.0.1.2'));
  budget.take(stranger.body, 9000);
  budget.take(other.body, 2000);
  assert.deepEqual([stranger.isCut(), other.isCut()], [true, false]);

  const apiServer = hold(known('10.0.0.5'));
  budget.take(apiServer.body, 19_000);
  assert.deepEqual([other.isCut(), apiServer.isCut()], [true, false]);
});

test('a body that is whole is never cut, and one that arrives beside it is', () => {
  const budget = new BodyBudget(10_000);
  const whole = hold(known('10.0.0.6'));
  budget.take(whole.body, 9000);
  budget.complete(whole.body);
  const next = hold(known('10.0.0.7'));
  budget.take(next.body, 2000);
  assert.deepEqual([whole.isCut(), next.isCut()], [false, true]);
});

test('bodies that end in any order leave each other one to be cut', () => {
  const budget = new BodyBudget(10_000);
  const bodies = Array.from({ length: 4 }, (_, index) => hold(known(`10.0.2.${index}`)));
  for (const { body } of bodies) budget.take(body, 1000);
  const [first, second, third, fourth] = bodies;
  assert.ok(first && second && third && fourth);
  budget.complete(first.body);
  budget.release(third.body);
  budget.complete(first.body);
  budget.take(second.body, 9000);
  budget.take(fourth.body, 9000);
  assert.deepEqual(
    bodies.map(({ isCut }) => isCut()),
    [false, true, false, true],
  );
});
