import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedSequence } from '../../../../src/audit/journal/shared-sequence.ts';

test('SharedSequence shows in every thread what one has published', async () => {
  const writer = new SharedSequence();
  const reader = new SharedSequence(writer.memory);
  assert.equal(reader.value, 0);
  const changed = reader.changeFrom(0);

  writer.publish(2 ** 40);
  await changed;

  assert.equal(reader.value, 2 ** 40);
});

test('SharedSequence.changeFrom() does not wait where the number has changed since it was seen', async () => {
  const sequence = new SharedSequence();
  sequence.publish(3);

  await sequence.changeFrom(2);
});

test('SharedSequence.wake() ends the waiting without news', async () => {
  const sequence = new SharedSequence();
  const changed = sequence.changeFrom(0);

  sequence.wake();
  await changed;

  assert.equal(sequence.value, 0);
});

test('a journal is followed from its newest entry on, until that is ended', () => {
  const sequence = new SharedSequence();
  let newest = 7;
  const listeners = new Set<() => void>();
  const end = sequence.follow({
    lastSequence: () => newest,
    onAppended: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  assert.equal(sequence.value, 7);
  newest = 8;
  for (const listener of listeners) listener();
  assert.equal(sequence.value, 8);
  end();
  assert.equal(listeners.size, 0);
});
