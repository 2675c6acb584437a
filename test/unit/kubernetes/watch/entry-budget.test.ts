import assert from 'node:assert/strict';
import { it } from 'node:test';
import { EntryBudget } from '../../../../src/kubernetes/watch/entry-budget.ts';

it('EntryBudget gives room until there is none, and again after some came back', () => {
  const budget = new EntryBudget(3);
  assert.equal(budget.take(2), true);
  assert.equal(budget.take(2), false);
  assert.equal(budget.taken, 2);
  budget.give(1);
  assert.equal(budget.take(2), true);
  assert.equal(budget.taken, 3);
});
