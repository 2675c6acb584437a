import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { RepeatedCauses } from '../../../../src/drift/intake/repeated-causes.ts';
import { sampleObservedFinding } from '../../../support/observed-samples.ts';

const finding = (id: string) => {
  const sample = sampleObservedFinding();
  return { ...sample, observed: { ...sample.observed, id } };
};

function causes(causesMax = 10) {
  return new RepeatedCauses({ windowMs: 100, causesMax });
}

describe('RepeatedCauses', () => {
  it('counts what follows within the window, and gives the last of it with how many more there were', () => {
    const repeated = causes();
    assert.equal(repeated.count('a', finding('1')), false);
    repeated.open('a', finding('1'), monotonicMs(0));
    for (const id of ['2', '3', '4']) assert.equal(repeated.count('a', finding(id)), true);
    assert.deepEqual(repeated.takeEnded(monotonicMs(99)), []);
    const last = finding('4');
    assert.deepEqual(repeated.takeEnded(monotonicMs(100)), [
      { ...last, observed: { ...last.observed, repeated: 2 } },
    ]);
    assert.equal(repeated.count('a', finding('5')), false, 'the window is over');
  });

  it('gives one that came once more as it is, and nothing of what did not', () => {
    const repeated = causes();
    repeated.open('a', finding('1'), monotonicMs(0));
    repeated.open('b', finding('2'), monotonicMs(0));
    repeated.count('b', finding('3'));
    assert.deepEqual(repeated.takeEnded(monotonicMs(100)), [finding('3')]);
  });

  it('ends windows in their order', () => {
    const repeated = causes();
    repeated.open('a', finding('1'), monotonicMs(0));
    repeated.open('b', finding('2'), monotonicMs(50));
    repeated.count('a', finding('3'));
    repeated.count('b', finding('4'));
    assert.deepEqual(repeated.takeEnded(monotonicMs(100)), [finding('3')]);
    assert.deepEqual(repeated.takeAll(), [finding('4')]);
    assert.deepEqual(repeated.takeAll(), []);
  });

  it('opens no more windows than it may', () => {
    const repeated = causes(1);
    repeated.open('a', finding('1'), monotonicMs(0));
    repeated.open('b', finding('2'), monotonicMs(0));
    assert.equal(repeated.count('b', finding('3')), false);
  });
});
