import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceQueue } from '../../../src/server/source-queue.ts';
import { clientFrom, socketFrom, testClients } from '../../support/server-clients.ts';

function prepare() {
  const clients = testClients();
  const queue = new SourceQueue();
  const add = (address: string) => {
    const socket = socketFrom(address);
    queue.add(clientFrom(clients, address).source, socket);
    return socket;
  };
  return { queue, add };
}

test('sources take turns, and the connections of one come in their order', () => {
  const { queue, add } = prepare();
  const [one, two, three] = [add('10.0.0.1'), add('10.0.0.1'), add('10.0.0.1')];
  const other = add('10.0.0.2');
  assert.deepEqual([queue.sources, queue.size], [2, 4]);
  const taken = Array.from({ length: 5 }, () => queue.next());
  assert.deepEqual(taken, [one, other, two, three, undefined]);
  assert.deepEqual([queue.sources, queue.size], [0, 0]);
});

test('what was closed is neither counted nor taken, and a source that has nothing else has no turn', () => {
  const { queue, add } = prepare();
  const closed = [add('10.0.0.1'), add('10.0.0.1'), add('10.0.0.2')];
  const open = add('10.0.0.2');
  for (const socket of closed) socket.destroy();
  assert.equal(queue.size, 1);
  assert.deepEqual([queue.next(), queue.next(), queue.sources], [open, undefined, 0]);
});

test('all are taken at once', () => {
  const { queue, add } = prepare();
  const sockets = [add('10.0.0.1'), add('10.0.0.2')];
  assert.deepEqual(queue.clear(), sockets);
  assert.deepEqual([queue.next(), queue.sources], [undefined, 0]);
});
