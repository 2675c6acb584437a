import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppendQueue, type WaitingEntry } from '../../../../src/audit/journal/append-queue.ts';
import { indexRecord } from '../../../../src/audit/verify/index-record.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';

function entry(json: string, queuedAtMs = 1): WaitingEntry {
  const index = indexRecord(sampleRecord());
  return { entry: { json, index }, queuedAtMs, resolve: () => undefined, reject: () => undefined };
}

test('entries are given out in order, and count until they are settled', () => {
  const queue = new AppendQueue({ queueEntriesMax: 3, queueBytesMax: 100 });
  const entries = ['a', 'b', 'c'].map((json, index) => entry(json, index));
  const taken = entries.map((each) => queue.push(each));

  assert.deepEqual(taken, [true, true, true]);
  assert.deepEqual(queue.take(2), entries.slice(0, 2));
  assert.deepEqual([queue.length, queue.unsentLength, queue.oldestAtMs], [3, 1, 0]);
  queue.settle();
  assert.deepEqual([queue.length, queue.unsentLength, queue.oldestAtMs], [1, 1, 2]);
  assert.deepEqual(queue.take(2), entries.slice(2));
  queue.settle();
  assert.deepEqual([queue.length, queue.oldestAtMs], [0, undefined]);
});

test('an entry beyond the number is not taken, until another is settled', () => {
  const queue = new AppendQueue({ queueEntriesMax: 1, queueBytesMax: 100 });

  assert.equal(queue.push(entry('a')), true);
  assert.equal(queue.push(entry('b')), false);
  queue.take(1);
  assert.equal(queue.push(entry('b')), false);
  queue.settle();
  assert.equal(queue.push(entry('b')), true);
});

test('an entry beyond the size is not taken', () => {
  const queue = new AppendQueue({ queueEntriesMax: 10, queueBytesMax: 5 });

  assert.equal(queue.push(entry('aaa')), true);
  assert.equal(queue.push(entry('bbb')), false);
  assert.equal(queue.push(entry('bb')), true);
});
