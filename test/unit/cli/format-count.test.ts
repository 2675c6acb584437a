import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCount } from '../../../src/cli/format-count.ts';

test('a number is grouped, and has the word for one or for many', () => {
  assert.deepEqual(
    [0, 1, 1234].map((count) => formatCount(count, 'write', 'writes')),
    ['0 writes', '1 write', '1,234 writes'],
  );
});
