import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { HandshakeTurns } from '../../../src/server/handshake-turns.ts';
import { monotonicMs } from '../../../src/base/clock.ts';
import { SERVER_LIMITS } from '../../../src/server/settings.ts';
import { socketFrom, testClients } from '../../support/server-clients.ts';

interface Stage {
  readonly turns: HandshakeTurns;
  /** The addresses of the connections on which TLS has begun, in this order. */
  readonly begun: string[];
  readonly connect: (address: string) => Socket;
  readonly time: { nowMs: number };
  /** Lets one turn pass; nothing where none is due. */
  readonly turn: () => void;
  readonly isTurning: () => boolean;
}

function prepare(): Stage {
  const clients = testClients();
  const begun: string[] = [];
  let run: (() => void) | undefined;
  const time = { nowMs: 0 };
  const turns = new HandshakeTurns({
    clients,
    monotonicMs: () => monotonicMs(time.nowMs),
    begin: ({ remoteAddress }) => begun.push(String(remoteAddress)),
    timers: {
      every: (_intervalMs, next) => {
        run = next;
        return () => (run = undefined);
      },
    },
  });
  return {
    turns,
    time,
    begun,
    connect: (address) => {
      const socket = socketFrom(address);
      turns.enter(socket);
      return socket;
    },
    turn: () => run?.(),
    isTurning: () => run !== undefined,
  };
}

test('a handshake begins at once where none has begun a moment ago', () => {
  const { begun, connect, turn, isTurning } = prepare();
  connect('10.0.0.1');
  assert.deepEqual(begun, ['10.0.0.1']);
  turn();
  assert.equal(isTurning(), false);
  connect('10.0.0.2');
  assert.deepEqual(begun, ['10.0.0.1', '10.0.0.2']);
});

test('of many at once, one begins in each turn', () => {
  const { turns, begun, connect, turn } = prepare();
  for (let index = 0; index < 5; index += 1) connect('10.0.0.1');
  assert.deepEqual([begun.length, turns.waiting], [1, 4]);
  turn();
  turn();
  assert.deepEqual([begun.length, turns.waiting], [3, 2]);
});

test('a source waits for one connection of each other source, however many those have', () => {
  const { begun, connect, turn } = prepare();
  for (let index = 0; index < 9; index += 1) connect('10.0.0.1');
  connect('10.0.0.2');
  connect('10.0.0.3');
  for (let index = 0; index < 4; index += 1) turn();
  assert.deepEqual(begun, ['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.1']);
});

test('with more sources more begin at a time, so that the first of each begins within a second', () => {
  const { begun, connect, turn } = prepare();
  for (let index = 0; index < 500; index += 1) connect(`10.0.${index >> 8}.${index & 255}`);
  for (let turns = 0; turns < 100; turns += 1) turn();
  assert.equal(new Set(begun).size, 500);
});

test('what was closed while it waited takes no turn', () => {
  const { turns, begun, connect, turn } = prepare();
  connect('10.0.0.1');
  const closed = [connect('10.0.0.1'), connect('10.0.0.2')];
  connect('10.0.0.3');
  for (const socket of closed) socket.destroy();
  assert.equal(turns.waiting, 1);
  turn();
  assert.deepEqual(begun, ['10.0.0.1', '10.0.0.3']);
});

test('where all that waited were closed, turns end', () => {
  const { begun, connect, turn, isTurning } = prepare();
  connect('10.0.0.1');
  connect('10.0.0.2').destroy();
  turn();
  turn();
  assert.deepEqual([begun, isTurning()], [['10.0.0.1'], false]);
});

test('an error of a connection that waits ends nothing', () => {
  const { turns, connect } = prepare();
  connect('10.0.0.1');
  connect('10.0.0.1').emit('error', new Error('reset'));
  assert.equal(turns.waiting, 1);
});

test('at the end of the server those that wait are closed, and those that come later', () => {
  const { turns, begun, connect, isTurning } = prepare();
  connect('10.0.0.1');
  const waiting = connect('10.0.0.1');
  turns.close();
  const late = connect('10.0.0.1');
  assert.deepEqual([waiting.destroyed, late.destroyed, isTurning()], [true, true, false]);
  assert.deepEqual([begun.length, turns.waiting], [1, 0]);
});

test('of one source as many begin as it may have in a second, and then one after the other; others wait for none of them', () => {
  const perSecond = SERVER_LIMITS['limits.sourceHandshakesPerSecond'].default;
  const { begun, time, connect, turn } = prepare();
  for (let index = 0; index < 3 * perSecond; index += 1) connect('10.0.0.1');
  for (let turns = 0; turns < 2 * perSecond; turns += 1) turn();
  assert.equal(begun.length, perSecond);
  connect('10.0.0.2');
  turn();
  assert.deepEqual(begun.splice(0).at(-1), '10.0.0.2');
  time.nowMs += 1000 / perSecond;
  turn();
  turn();
  assert.deepEqual(begun, ['10.0.0.1']);
});

test('a connection of a source that has begun many waits, also where nobody else does', () => {
  const perSecond = SERVER_LIMITS['limits.sourceHandshakesPerSecond'].default;
  const { turns, begun, time, connect, turn } = prepare();
  for (let index = 0; index < perSecond; index += 1) {
    connect('10.0.0.1');
    turn();
  }
  turn();
  connect('10.0.0.1');
  assert.deepEqual([begun.length, turns.waiting], [perSecond, 1]);
  time.nowMs += 1000 / perSecond;
  turn();
  assert.deepEqual([begun.length, turns.waiting], [perSecond + 1, 0]);
});
