import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  planHealing,
  planHeld,
  planNext,
  within,
  type HealingProgress,
} from '../../../../src/drift/healing/plan-healing.ts';

const NOW_MS = 1_000_000;
const settings = {
  waitMs: 2000,
  retryMs: 5000,
  deadlineMs: 60_000,
  windowMs: 600_000,
  attemptsMax: 3,
};

function plan(progress: HealingProgress | undefined, askedAtMs: readonly number[] = []) {
  return planHealing({ progress, nowMs: NOW_MS, askedAtMs, settings });
}

describe('planHealing', () => {
  it('waits before the first attempt', () => {
    const progress = { attempts: 0, nextAtMs: NOW_MS + 2000 };
    assert.deepEqual(plan(undefined), { step: 'begin', progress });
    assert.deepEqual(plan(progress), { step: 'rest' });
  });

  it('asks when it is time, as long as its deadline has not passed', () => {
    assert.deepEqual(plan({ attempts: 0, nextAtMs: NOW_MS }), { step: 'ask' });
    const firstAtMs = NOW_MS - 59_999;
    assert.deepEqual(plan({ attempts: 2, nextAtMs: NOW_MS, firstAtMs }), { step: 'ask' });
  });

  it('gives up at the deadline, once, and says how often it was asked', () => {
    const firstAtMs = NOW_MS - 60_000;
    assert.deepEqual(plan({ attempts: 1, nextAtMs: NOW_MS, firstAtMs }), {
      step: 'give-up',
      reason: 'it was asked for once in 60 s and has not converged',
    });
    assert.deepEqual(plan({ attempts: 4, nextAtMs: NOW_MS, firstAtMs }), {
      step: 'give-up',
      reason: 'it was asked for 4 times in 60 s and has not converged',
    });
    assert.deepEqual(plan({ attempts: 4, nextAtMs: 0, firstAtMs, gaveUp: true }), { step: 'rest' });
  });

  it('gives up where its application was asked too often, and counts the window alone', () => {
    const progress = { attempts: 0, nextAtMs: NOW_MS };
    const recent = [NOW_MS - 599_999, NOW_MS - 1, NOW_MS];
    assert.deepEqual(plan(progress, recent), {
      step: 'give-up',
      reason:
        'its application was asked 3 times within 600 s (drift.heal.attemptsMax): something changes it again and again',
    });
    assert.deepEqual(plan(progress, [NOW_MS - 600_000, NOW_MS - 1, NOW_MS]), { step: 'ask' });
  });
});

describe('planNext', () => {
  it('doubles the pause, and leads to the deadline at the latest', () => {
    const pauses: number[] = [];
    let progress: HealingProgress = { attempts: 0, nextAtMs: NOW_MS };
    for (let nowMs = NOW_MS; pauses.length < 5; nowMs = progress.nextAtMs) {
      progress = planNext(progress, nowMs, settings);
      pauses.push(progress.nextAtMs - nowMs);
    }
    assert.deepEqual(pauses, [5000, 10_000, 20_000, 25_000, 0]);
    assert.deepEqual(
      [progress.firstAtMs, progress.attempts, plan(progress).step],
      [NOW_MS, 5, 'rest'],
    );
  });
});

describe('planHeld', () => {
  it('begins the deadline again after whoever held it', () => {
    const held = planHeld({ attempts: 2, nextAtMs: 0, firstAtMs: 5 }, NOW_MS, settings);
    assert.deepEqual(held, { attempts: 2, nextAtMs: NOW_MS + 5000 });
  });
});

describe('within', () => {
  it('keeps what is not older than the window, and what a clock that was set back has written', () => {
    assert.deepEqual(within([1, 500, 1000, 2000], 1000, 500), [1000, 2000]);
  });
});
