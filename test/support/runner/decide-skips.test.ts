import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideSkips } from './decide-skips.ts';

const SKIPPED = {
  passed: 3,
  failures: ['a.test.ts: b'],
  skips: [
    { name: 'a.test.ts: c', reason: 'no disk' },
    { name: 'a.test.ts: d', reason: 'no reason' },
  ],
};

test('decideSkips() makes failures of skips whose reason is not on the list', () => {
  const allowed = [{ reason: 'no disk', platforms: ['linux'] as const }];

  assert.deepEqual(decideSkips(SKIPPED, { allowed, platform: 'linux' }), {
    passed: 3,
    failures: ['a.test.ts: b', 'a.test.ts: d is skipped (no reason), which is not allowed'],
    skips: [{ name: 'a.test.ts: c', reason: 'no disk' }],
  });
});

test('decideSkips() allows a reason only on the systems that it names', () => {
  const allowed = [{ reason: 'no disk', platforms: ['darwin'] as const }];

  assert.equal(decideSkips(SKIPPED, { allowed, platform: 'linux' }).failures.length, 3);
});

test('decideSkips() leaves a result without skips as it is', () => {
  const result = { passed: 1, failures: ['a'], skips: [] };

  assert.deepEqual(decideSkips(result, { allowed: [], platform: 'linux' }), result);
});
