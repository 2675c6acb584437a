import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLowerLimits } from '../../../../src/identity/grants/format-lower-limits.ts';

test('a command needs no options where its defaults are allowed', () => {
  assert.deepEqual(formatLowerLimits({ lifetimeMaxMs: 3_600_000, usesMax: 10 }), []);
});

test('a command asks for what is allowed where its defaults are too much', () => {
  assert.deepEqual(formatLowerLimits({ lifetimeMaxMs: 119_999, usesMax: 1 }), [
    '--minutes 1',
    '--uses 1',
  ]);
});
