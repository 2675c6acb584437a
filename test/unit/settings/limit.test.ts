import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedLimit, limit } from '../../../src/settings/limit.ts';

test('limit() has the default and the bounds of its row', () => {
  const workers = limit({ default: 2, minimum: 1, maximum: 64 });

  assert.equal(workers.parse(undefined), 2);
  assert.equal(workers.safeParse(0).success, false);
  assert.equal(workers.safeParse(65).success, false);
  assert.equal(workers.safeParse(1.5).success, false);
});

test('fixedLimit() leaves no room for another value', () => {
  const words = { unit: 'items', reason: 'Why', overflow: 'What then' } as const;

  assert.deepEqual(fixedLimit(5, words), {
    default: 5,
    minimum: 5,
    maximum: 5,
    metric: 'none',
    ...words,
  });
  assert.equal(fixedLimit(5, { ...words, metric: 'holdfast_samples' }).metric, 'holdfast_samples');
});
