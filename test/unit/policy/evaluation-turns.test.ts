import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { EvaluationTurns } from '../../../src/policy/evaluation-turns.ts';

describe('EvaluationTurns', () => {
  it('takes evaluations that begin in turns of their own for alone', async () => {
    const turns = new EvaluationTurns();
    const alone: boolean[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      alone.push(turns.enter());
      await nextTurn();
    }

    assert.deepEqual(alone, [true, true, true]);
  });

  it('takes none for alone that follows another in its turn, nor the first of the turn afterwards', async () => {
    const turns = new EvaluationTurns();
    const together = [turns.enter(), turns.enter(), turns.enter()];
    await nextTurn();
    const afterwards = turns.enter();
    await nextTurn();

    assert.deepEqual(together, [true, false, false]);
    assert.deepEqual([afterwards, turns.enter()], [false, true]);
  });
});
