import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '../../../src/base/system-random.ts';

test('systemRandom() gives another number from 0 to 1 each time', () => {
  const numbers = Array.from({ length: 100 }, systemRandom);

  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  assert.ok(new Set(numbers).size > 90);
});
