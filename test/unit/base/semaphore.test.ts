import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Semaphore } from '../../../src/base/semaphore.ts';

const LONG_MS = 60_000;

describe('Semaphore', () => {
  it('lets the allowed number in at once and makes the others wait in order', async () => {
    const semaphore = new Semaphore({ runningMax: 1, waitingMax: 2 });
    assert.equal(await semaphore.acquire(LONG_MS), 'acquired');
    const order: string[] = [];
    const first = semaphore.acquire(LONG_MS).then(() => order.push('first'));
    const second = semaphore.acquire(LONG_MS).then(() => order.push('second'));
    semaphore.release();
    await first;
    assert.deepEqual([order, semaphore.running], [['first'], 1]);
    semaphore.release();
    await second;
    semaphore.release();
    assert.deepEqual([order, semaphore.running], [['first', 'second'], 0]);
  });

  it('refuses whoever would wait beyond the bound', async () => {
    const semaphore = new Semaphore({ runningMax: 1, waitingMax: 0 });
    await semaphore.acquire(LONG_MS);
    assert.equal(await semaphore.acquire(LONG_MS), 'full');
  });

  it('sends away whoever has no time to wait, at once or later, and keeps their place free', async () => {
    const semaphore = new Semaphore({ runningMax: 1, waitingMax: 1 });
    await semaphore.acquire(LONG_MS);
    assert.equal(await semaphore.acquire(0), 'timed-out');
    assert.equal(await semaphore.acquire(5), 'timed-out');
    const waiting = semaphore.acquire(LONG_MS);
    semaphore.release();
    assert.equal(await waiting, 'acquired');
    semaphore.release();
    assert.equal(semaphore.running, 0);
  });
});
