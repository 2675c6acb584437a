import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem } from '../../../src/cli/format-problem.ts';

test('formatProblem() says who speaks, what is wrong and what to do', () => {
  assert.equal(formatProblem('Wrong'), 'holdfast: Wrong');
  assert.equal(formatProblem('Wrong', 'Right it'), 'holdfast: Wrong\nRight it');
});
