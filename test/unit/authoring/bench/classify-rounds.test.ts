import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chooseRounds,
  hasEnoughRounds,
  isDisturbed,
  worstDisturbance,
} from '../../../../src/authoring/bench/classify-rounds.ts';

const ROUNDS = [0.3, 0.05, undefined, 0.2, 0.1].map((disturbance, id) => ({ id, disturbance }));

test('chooseRounds() takes those that were disturbed least, whatever they measured', () => {
  assert.deepEqual(
    chooseRounds(ROUNDS, 3).map(({ id }) => id),
    [2, 1, 4],
  );
});

test('a round is disturbed above a tenth of the machine; what is not known is not', () => {
  assert.deepEqual(ROUNDS.map(isDisturbed), [true, false, false, true, false]);
  assert.equal(isDisturbed({ disturbance: null }), false);
  assert.equal(hasEnoughRounds(ROUNDS, 3), true);
  assert.equal(hasEnoughRounds(ROUNDS, 4), false);
});

test('worstDisturbance() is that of the most disturbed round, and null where none is known', () => {
  assert.equal(worstDisturbance(ROUNDS), 0.3);
  assert.equal(worstDisturbance([{ disturbance: undefined }]), null);
});
