import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  beginBreaker,
  planBreaker,
  type BreakerPhase,
  type BreakerRules,
  type BreakerSample,
} from '../../../../src/freeze/breaker/plan-breaker.ts';

const RULES: BreakerRules = {
  openAbove: 0.01,
  closeBelow: 0.005,
  openSamples: 2,
  halfOpenSamples: 2,
  closeSamples: 3,
  lostSamples: 2,
  onLost: 'keep',
};
const LOST: BreakerSample = { status: 'lost', reason: 'no answer' };

/** The phase after each sample; `undefined` is one that was lost. */
function follow(
  phase: BreakerPhase,
  values: readonly (number | undefined)[],
  rules: Partial<BreakerRules> = {},
): readonly BreakerPhase[] {
  let state = beginBreaker(phase);
  return values.map((value) => {
    const sample: BreakerSample = value === undefined ? LOST : { status: 'read', value };
    state = planBreaker(state, sample, { ...RULES, ...rules });
    return state.phase;
  });
}

describe('planBreaker()', () => {
  it('opens after so many bad samples in a row', () => {
    assert.deepEqual(follow('closed', [0.02, 0.02]), ['closed', 'open']);
    assert.deepEqual(follow('closed', [0.02, 0.01, 0.02, 0.02]), [
      'closed',
      'closed',
      'closed',
      'open',
    ]);
    assert.deepEqual(follow('closed', [Infinity, Infinity]), ['closed', 'open']);
  });

  it('is half open after good ones, and open again after one bad one', () => {
    assert.deepEqual(follow('open', [0.005, 0.001, 0.02]), ['open', 'half-open', 'open']);
    // What wavers between both thresholds changes nothing.
    assert.deepEqual(follow('open', [0.001, 0.008, 0.001, 0.001]), [
      'open',
      'open',
      'open',
      'half-open',
    ]);
  });

  it('closes after more good ones in a row', () => {
    assert.deepEqual(follow('half-open', [0, 0, 0]), ['half-open', 'half-open', 'closed']);
    assert.deepEqual(follow('half-open', [0, 0, 0.008, 0, 0, 0]).at(-1), 'closed');
    assert.deepEqual(follow('half-open', [0, 0, 0.008, 0, 0]).at(-1), 'half-open');
  });

  it('counts anew after each change', () => {
    assert.deepEqual(follow('closed', [1, 1, 0, 0, 0, 0, 0]), [
      'closed',
      'open',
      'open',
      'half-open',
      'half-open',
      'half-open',
      'closed',
    ]);
  });

  for (const [onLost, from, phases] of [
    ['keep', 'closed', ['closed', 'closed', 'closed']],
    ['keep', 'open', ['open', 'open', 'open']],
    ['open', 'closed', ['closed', 'open', 'open']],
    ['open', 'half-open', ['half-open', 'open', 'open']],
    ['closed', 'open', ['open', 'closed', 'closed']],
  ] as const) {
    it(`is ${phases[2]} where it was ${from}, Prometheus is lost, and that means ${onLost}`, () => {
      assert.deepEqual(follow(from, [undefined, undefined, undefined], { onLost }), phases);
    });
  }

  it('takes an answer that does not come for neither good nor bad', () => {
    assert.deepEqual(follow('closed', [0.02, undefined, 0.02]).at(-1), 'closed');
    assert.deepEqual(follow('open', [0, undefined, 0]).at(-1), 'open');
    // An answer begins the count of lost ones anew.
    assert.deepEqual(
      follow('closed', [undefined, 0, undefined], { onLost: 'open' }).at(-1),
      'closed',
    );
  });
});
