import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeightedSemaphore } from '../../../src/base/weighted-semaphore.ts';

const LONG_MS = 60_000;

test('what fits together is acquired together, and what does not waits for its turn', async () => {
  const semaphore = new WeightedSemaphore({ weightMax: 10, waitingMax: 10 });
  assert.deepEqual(
    [await semaphore.acquire(4, LONG_MS), await semaphore.acquire(6, LONG_MS), semaphore.weight],
    ['acquired', 'acquired', 10],
  );
  const late = semaphore.acquire(5, LONG_MS);
  assert.equal(semaphore.waiting, 1);
  semaphore.release(4);
  assert.equal(semaphore.waiting, 1);
  semaphore.release(6);
  assert.equal(await late, 'acquired');
  assert.deepEqual([semaphore.weight, semaphore.waiting], [5, 0]);
});

test('a small one does not overtake a large one that waits', async () => {
  const semaphore = new WeightedSemaphore({ weightMax: 10, waitingMax: 10 });
  await semaphore.acquire(8, LONG_MS);
  const order: string[] = [];
  const large = semaphore.acquire(9, LONG_MS).then(() => order.push('large'));
  const small = semaphore.acquire(1, LONG_MS).then(() => order.push('small'));
  semaphore.release(8);
  await Promise.all([large, small]);
  assert.deepEqual(order, ['large', 'small']);
});

test('what outweighs everything runs alone', async () => {
  const semaphore = new WeightedSemaphore({ weightMax: 10, waitingMax: 10 });
  assert.equal(await semaphore.acquire(100, LONG_MS), 'acquired');
  const next = semaphore.acquire(1, LONG_MS);
  assert.deepEqual([semaphore.weight, semaphore.waiting], [10, 1]);
  semaphore.release(100);
  assert.equal(await next, 'acquired');
});

test('the queue is bounded, and so is the wait; those behind go on', async () => {
  const semaphore = new WeightedSemaphore({ weightMax: 10, waitingMax: 2 });
  await semaphore.acquire(5, LONG_MS);
  const late = semaphore.acquire(9, 20);
  const behind = semaphore.acquire(1, LONG_MS);
  assert.equal(await semaphore.acquire(1, LONG_MS), 'full');
  assert.deepEqual([await late, await behind], ['timed-out', 'acquired']);
  await semaphore.acquire(4, LONG_MS);
  assert.equal(await semaphore.acquire(1, 0), 'timed-out');
});
