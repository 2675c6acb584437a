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
