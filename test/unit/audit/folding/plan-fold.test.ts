import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isWindowOver,
  planRefusal,
  planWindowEnd,
  type FoldPlan,
  type FoldQuestion,
  type Tally,
} from '../../../../src/audit/folding/plan-fold.ts';
import { monotonicMs } from '../../../../src/base/clock.ts';

const LIMITS = { windowMs: 1000, sameWholeMax: 2, actorWholeMax: 3 };

function ask(question: Partial<FoldQuestion> = {}): FoldPlan {
  return planRefusal(
    {
      requestKey: 'a',
      tally: undefined,
      open: { request: false, code: false },
      hasRoom: true,
      nowMs: monotonicMs(500),
      ...question,
    },
    LIMITS,
  );
}

function tallyOf(whole: number, same: Readonly<Record<string, number>>, startedAtMs = 0): Tally {
  return { startedAtMs: monotonicMs(startedAtMs), whole, same: new Map(Object.entries(same)) };
}

describe('planRefusal()', () => {
  it('records the first refusal of an actor whole, and counts it', () => {
    assert.deepEqual(ask(), { place: 'whole', overflow: false, tally: tallyOf(1, { a: 1 }, 500) });
  });

  it('opens a fold of the request that was refused often enough', () => {
    const tally = tallyOf(2, { a: 2 });

    assert.deepEqual(ask({ tally }), { place: 'open', by: 'request', tally });
  });

  it('opens a fold of the code when the actor has used up the budget', () => {
    const tally = tallyOf(3, { b: 1, c: 1, d: 1 });

    assert.deepEqual(ask({ tally }), { place: 'open', by: 'code', tally });
  });

  it('begins again in the next window', () => {
    const tally = tallyOf(3, { a: 2 });

    assert.deepEqual(ask({ tally, nowMs: monotonicMs(1000) }), {
      place: 'whole',
      overflow: false,
      tally: tallyOf(1, { a: 1 }, 1000),
    });
  });

  it('joins an open fold in any window, the one of the request first', () => {
    const open = { request: true, code: true };

    assert.deepEqual(ask({ open }), { place: 'join', by: 'request' });
    assert.deepEqual(ask({ open: { ...open, request: false }, nowMs: monotonicMs(9999) }), {
      place: 'join',
      by: 'code',
    });
  });

  it('records whole what finds no room for a fold', () => {
    const tally = tallyOf(2, { a: 2 });

    assert.deepEqual(ask({ tally, hasRoom: false }), { place: 'whole', overflow: true, tally });
  });
});

describe('planWindowEnd()', () => {
  it('ends a fold of a request that was not repeated', () => {
    assert.equal(planWindowEnd('request', 0, LIMITS), 'end');
    assert.equal(planWindowEnd('request', 1, LIMITS), 'go-on');
  });

  it('ends a fold of a code when the actor is within the budget again', () => {
    assert.equal(planWindowEnd('code', 3, LIMITS), 'end');
    assert.equal(planWindowEnd('code', 4, LIMITS), 'go-on');
  });
});

describe('isWindowOver()', () => {
  it('is true from the moment at which the window ends', () => {
    assert.equal(isWindowOver(monotonicMs(10), monotonicMs(1009), LIMITS), false);
    assert.equal(isWindowOver(monotonicMs(10), monotonicMs(1010), LIMITS), true);
  });
});
