import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../../../src/alerting/incident.ts';
import { Outbox } from '../../../src/alerting/outbox.ts';
import { StateChanges } from '../../../src/alerting/incident-state.ts';
import { sampleMessage } from '../../support/alerts/incident-samples.ts';

function make(remembered: readonly Message[] = []) {
  const changes = new StateChanges();
  const dropped: string[] = [];
  const outbox = new Outbox(
    changes,
    { lengthMaxOf: () => 2, onDropped: ({ key }) => void dropped.push(key) },
    remembered,
  );
  const add = (key: string, overrides: Partial<Message> = {}): void => {
    const { id: _, attempts: __, ...message } = sampleMessage(0, { key, ...overrides });
    outbox.add(message);
  };
  const keys = () => outbox.waitingFor('pager').map(({ key }) => key);
  return { outbox, changes, dropped, add, keys };
}

test('a queue that is full drops the oldest, and says so', () => {
  const { outbox, dropped, add, keys } = make();
  for (const key of ['a', 'b', 'c']) add(key);

  assert.deepEqual([keys(), dropped, outbox.lengthOf('pager')], [['b', 'c'], ['a'], 2]);
});

test('what is under way is not changed, dropped or taken away by what comes after it', () => {
  const { outbox, add, keys, changes } = make();
  add('a', { decidedAtMs: 1 });
  const [first] = outbox.waitingFor('pager');
  assert.ok(first !== undefined);
  outbox.begin(first);
  add('a');
  outbox.removeKey('a');
  assert.deepEqual([keys(), outbox.lengthOf('pager')], [[], 1]);
  assert.deepEqual([...outbox.awaitedKeys()], ['a']);
  outbox.release(first);
  assert.deepEqual(keys(), ['a']);
  outbox.remove(first);
  assert.deepEqual(changes.take(), {
    'message/0000000000000001': undefined,
    'message/0000000000000002': undefined,
  });
});

test('a resolve removes a count that waits, and numbers go on after a restart', () => {
  const { outbox, add, keys } = make([sampleMessage(7, { key: 'a' })]);
  add('a', { kind: 'resolve' });
  assert.deepEqual(keys(), ['a']);
  const [resolve] = outbox.waitingFor('pager');
  assert.deepEqual([resolve?.kind, resolve?.id], ['resolve', '0000000000000008']);
  assert.ok(resolve !== undefined);
  outbox.postpone(resolve, 99);
  assert.deepEqual(outbox.waitingFor('pager'), [{ ...resolve, attempts: 1, dueAtMs: 99 }]);
});

test('what another replica has told is no first notification any more', () => {
  const { outbox, add, changes } = make();
  add('a', { decidedAtMs: 1 });
  add('b', { decidedAtMs: 1 });
  changes.take();
  outbox.noteTold('a');
  assert.deepEqual([...outbox.awaitedKeys()], ['b']);
  assert.deepEqual(Object.keys(changes.take() ?? {}), ['message/0000000000000001']);
});

test('messages are taken back together, or not at all where one was begun', () => {
  const { outbox, add, keys } = make();
  add('a');
  add('b');
  assert.deepEqual([outbox.lastId, outbox.holdsAny(0, 2), outbox.holdsAny(2, 9)], [2, true, false]);
  assert.equal(outbox.takeBack(2, 2), false);
  const [first] = outbox.waitingFor('pager');
  assert.ok(first !== undefined);
  outbox.begin(first);
  assert.equal(outbox.takeBack(0, 2), false);
  outbox.release(first);
  outbox.removeKey('b', 1);
  assert.deepEqual(keys(), ['a', 'b']);
  assert.equal(outbox.takeBack(0, 2), true);
  assert.deepEqual(keys(), []);
});

test('what waits for a time goes with a clock that is set', () => {
  const { outbox, add } = make();
  add('a', { dueAtMs: 10, handoverAtMs: 20 });
  outbox.shiftClock(-5);
  const [message] = outbox.waitingFor('pager');
  assert.deepEqual([message?.dueAtMs, message?.handoverAtMs], [5, 15]);
});
