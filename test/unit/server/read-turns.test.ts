import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { readAddressRanges } from '../../../src/base/address-ranges.ts';
import { ReadTurns } from '../../../src/server/read-turns.ts';
import { SERVER_LIMITS } from '../../../src/server/settings.ts';
import { socketFrom, testClients } from '../../support/server-clients.ts';

const AT_ONCE = SERVER_LIMITS['limits.strangersReadAtOnce'].default;

function prepare() {
  const clients = testClients({ apiServerAddresses: readAddressRanges(['10.9.9.9']) });
  let run: (() => void) | undefined;
  const turns = new ReadTurns({
    clients,
    timers: {
      every: (_intervalMs, next) => {
        run = next;
        return () => (run = undefined);
      },
    },
  });
  let port = 0;
  const connect = (address: string): Socket => {
    const socket = socketFrom(address, (port += 1));
    socket.resume();
    turns.enter(socket);
    return socket;
  };
  return {
    clients,
    turns,
    connect,
    connectMany: (count: number, address: string) =>
      Array.from({ length: count }, () => connect(address)),
    turn: () => run?.(),
    isTurning: () => run !== undefined,
  };
}

/** The places of those that are read. */
function readOf(sockets: readonly Socket[]): readonly number[] {
  return sockets.flatMap((socket, place) => (socket.isPaused() ? [] : [place]));
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

test('as long as strangers are few, all are read, and there are no turns', () => {
  const { turns, connectMany, isTurning } = prepare();
  const sockets = connectMany(AT_ONCE, '10.0.0.1');
  assert.deepEqual(readOf(sockets), range(0, AT_ONCE));
  assert.deepEqual([turns.waiting, isTurning()], [0, false]);
});

test('of more, so many are read in each turn, and each has its turn', () => {
  const { turns, connectMany, turn } = prepare();
  const sockets = connectMany(3 * AT_ONCE, '10.0.0.1');
  for (const first of [0, 1, 2, 0]) {
    turn();
    assert.deepEqual(readOf(sockets), range(first * AT_ONCE, (first + 1) * AT_ONCE));
    assert.equal(turns.waiting, 2 * AT_ONCE);
  }
});

test('who goes on being read is neither paused nor resumed', () => {
  const { connectMany, turn } = prepare();
  const sockets = connectMany(AT_ONCE + 1, '10.0.0.1');
  turn();
  let events = 0;
  for (const socket of sockets) {
    socket.on('pause', () => (events += 1));
    socket.on('resume', () => (events += 1));
  }
  turn();
  assert.deepEqual(readOf(sockets), [...range(0, AT_ONCE - 1), AT_ONCE]);
  assert.equal(events, 1);
});

test('a source with one connection is read in each turn, however many others have', () => {
  const { connect, connectMany, turn } = prepare();
  connectMany(10 * AT_ONCE, '10.0.0.1');
  const lone = connect('10.0.0.2');
  for (const _ of range(0, 5)) {
    turn();
    assert.equal(lone.isPaused(), false);
  }
});

test('a new connection is read at once', () => {
  const { turns, connect, connectMany, turn } = prepare();
  connectMany(2 * AT_ONCE, '10.0.0.1');
  turn();
  const later = connect('10.0.0.1');
  assert.deepEqual([later.isPaused(), turns.waiting], [false, AT_ONCE]);
});

test('once their review was answered, or they have shown a certificate, connections wait for nobody', () => {
  const { clients, turns, connect, connectMany, turn } = prepare();
  connectMany(2 * AT_ONCE, '10.0.0.1');
  const [known] = connectMany(3, '10.0.0.2');
  const proven = connect('10.0.0.1');
  turn();
  assert.ok(known);
  clients.answered(clients.of(known), 200);
  clients.of(proven).prove();
  for (const _ of range(0, 3)) turn();
  assert.deepEqual([known.isPaused(), proven.isPaused(), turns.waiting], [false, false, AT_ONCE]);
});

test('turns end, and all are read, once they are few again', () => {
  const { turns, connectMany, turn, isTurning } = prepare();
  const sockets = connectMany(AT_ONCE + 5, '10.0.0.1');
  turn();
  for (const socket of sockets.slice(0, 5)) {
    socket.destroy();
    socket.emit('close');
  }
  turn();
  assert.deepEqual(readOf(sockets.slice(5)), range(0, AT_ONCE));
  assert.deepEqual([turns.waiting, isTurning()], [0, false]);
});
