import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextTurn, runSteps, runStepsInTurns, type Steps } from '../../../src/base/run-steps.ts';

function* countTo(last: number, done: number[]): Steps<string> {
  for (let step = 1; step <= last; step += 1) {
    done.push(step);
    if (step < last) yield;
  }
  return 'counted';
}

// oxlint-disable-next-line require-yield -- the fault comes before the first one
function* fail(): Steps<string> {
  throw new Error('no');
}

describe('runSteps()', () => {
  it('runs all steps before it returns', () => {
    const done: number[] = [];

    assert.equal(runSteps(countTo(3, done)), 'counted');
    assert.deepEqual(done, [1, 2, 3]);
  });

  it('throws what a step throws', () => {
    assert.throws(() => runSteps(fail()), { message: 'no' });
  });
});

describe('runStepsInTurns()', () => {
  it('lets others do their work between two steps', async () => {
    const done: number[] = [];
    const pending = runStepsInTurns(countTo(3, done));

    assert.deepEqual(done, [1]);
    await nextTurn();
    assert.deepEqual(done, [1, 2]);
    assert.equal(await pending, 'counted');
    assert.deepEqual(done, [1, 2, 3]);
  });

  it('rejects with what a step throws', async () => {
    await assert.rejects(runStepsInTurns(fail()), { message: 'no' });
  });
});
