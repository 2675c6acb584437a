import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Turnstile } from '../../../src/base/turnstile.ts';

const LONG_MS = 60_000;

describe('Turnstile', () => {
  it('lets the allowed number in at once and makes the others wait in order', async () => {
    const turnstile = new Turnstile({ runningMax: 1, waitingMax: 2 });
    assert.equal(await turnstile.enter(LONG_MS), 'entered');
    const order: string[] = [];
    const first = turnstile.enter(LONG_MS).then(() => order.push('first'));
    const second = turnstile.enter(LONG_MS).then(() => order.push('second'));
    turnstile.leave();
    await first;
    assert.deepEqual([order, turnstile.running], [['first'], 1]);
    turnstile.leave();
    await second;
    turnstile.leave();
    assert.deepEqual([order, turnstile.running], [['first', 'second'], 0]);
  });

  it('refuses whoever would wait beyond the bound', async () => {
    const turnstile = new Turnstile({ runningMax: 1, waitingMax: 0 });
    await turnstile.enter(LONG_MS);
    assert.equal(await turnstile.enter(LONG_MS), 'full');
  });

  it('sends away whoever has no time to wait, at once or later, and keeps their place free', async () => {
    const turnstile = new Turnstile({ runningMax: 1, waitingMax: 1 });
    await turnstile.enter(LONG_MS);
    assert.equal(await turnstile.enter(0), 'late');
    assert.equal(await turnstile.enter(5), 'late');
    const waiting = turnstile.enter(LONG_MS);
    turnstile.leave();
    assert.equal(await waiting, 'entered');
    turnstile.leave();
    assert.equal(turnstile.running, 0);
  });
});
