import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideNextStep } from '../../../../src/kubernetes/watch/decide-next-step.ts';
import type {
  ReflectorEnd,
  ReflectorHistory,
} from '../../../../src/kubernetes/watch/decide-next-step.ts';

const decide = (end: ReflectorEnd, state: Partial<ReflectorHistory> = {}) =>
  decideNextStep(end, { failures: 0, canWatch: true, resyncDue: false, random: 1, ...state });
const step = (action: 'list' | 'watch', waitMs: number, failures: number) => ({
  action,
  waitMs,
  failures,
});

describe('decideNextStep', () => {
  it('watches after a list, which forgives nothing yet', () => {
    assert.deepEqual(decide({ reason: 'listed' }, { failures: 3 }), step('watch', 0, 3));
  });

  it('watches on at once where a watch did its work, and lists where that is due', () => {
    const ended: ReflectorEnd = { reason: 'ended', useful: true };
    assert.deepEqual(decide(ended, { failures: 3 }), step('watch', 0, 0));
    assert.deepEqual(decide(ended, { resyncDue: true }), step('list', 0, 0));
  });

  it('waits longer and longer where watches come to nothing, and then lists', () => {
    for (const reason of ['ended', 'silent', 'broken'] as const) {
      const end: ReflectorEnd = { reason, useful: false };
      const steps = [0, 1, 2, 3, 9, 99].map((failures) => decide(end, { failures }));
      assert.deepEqual(steps, [
        step('watch', 250, 1),
        step('watch', 500, 2),
        step('watch', 1000, 3),
        step('list', 2000, 4),
        step('list', 30_000, 10),
        step('list', 30_000, 100),
      ]);
    }
    assert.deepEqual(decide({ reason: 'failed' }, { failures: 1 }), step('watch', 500, 2));
  });

  it('replaces a connection that died after good work without much ado', () => {
    for (const reason of ['silent', 'broken'] as const) {
      assert.deepEqual(decide({ reason, useful: true }, { failures: 9 }), step('watch', 250, 1));
    }
  });

  it('lists again where there is nothing to watch from', () => {
    assert.deepEqual(decide({ reason: 'failed' }, { canWatch: false }), step('list', 250, 1));
    const throttled = decide({ reason: 'throttled' }, { canWatch: false });
    assert.deepEqual(throttled, step('list', 250, 1));
  });

  it('waits as long as the server asks, within bounds', () => {
    const throttled = (retryAfterMs: number): ReflectorEnd => ({
      reason: 'throttled',
      retryAfterMs,
    });
    assert.deepEqual(decide(throttled(7000)), step('watch', 7000, 1));
    assert.deepEqual(decide(throttled(1e12)), step('watch', 60_000, 1));
    assert.deepEqual(decide(throttled(1), { failures: 3 }), step('watch', 2000, 4));
  });

  it('lists at once where the history is gone, and not in a storm', () => {
    assert.deepEqual(decide({ reason: 'gone' }), step('list', 0, 1));
    assert.deepEqual(decide({ reason: 'gone' }, { failures: 2 }), step('list', 1000, 3));
    assert.deepEqual(decide({ reason: 'unreadable' }), step('list', 250, 1));
  });

  it('gives up what does not heal by itself, and tries it slowly', () => {
    const givenUp = (waitMs: number) => ({ ...step('list', waitMs, 3), giveUp: true });
    for (const failures of [0, 7]) {
      assert.deepEqual(decide({ reason: 'absent' }, { failures }), givenUp(60_000));
      assert.deepEqual(decide({ reason: 'overflowed' }, { failures }), givenUp(600_000));
    }
  });

  it('gives up what is forbidden only if it stays so: a server that starts forbids everything', () => {
    const forbidden = (failures: number) => decide({ reason: 'forbidden' }, { failures });
    assert.deepEqual(forbidden(0), step('watch', 250, 1));
    assert.deepEqual(forbidden(2), step('watch', 1000, 3));
    assert.deepEqual(forbidden(3), { ...step('list', 60_000, 3), giveUp: true });
  });

  it('spreads those who failed together over half of the wait', () => {
    assert.equal(decide({ reason: 'failed' }, { random: 0 }).waitMs, 125);
    assert.equal(decide({ reason: 'absent' }, { random: 0.5 }).waitMs, 45_000);
  });
});
