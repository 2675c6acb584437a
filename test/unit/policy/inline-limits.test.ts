import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { InlineLimits } from '../../../src/policy/inline-limits.ts';

const KIB = 1024;
const NOW = monotonicMs(5000);
const TEN_MINUTES_MS = 600_000;

test('InlineLimits allows up to 32 KiB', () => {
  const limits = new InlineLimits();

  assert.equal(limits.allows(['a', 'b'], 32 * KIB, NOW), true);
  assert.equal(limits.allows(['a', 'b'], 32 * KIB + 1, NOW), false);
});

test('InlineLimits allows half as much after a failure, to the policies that took part', () => {
  const limits = new InlineLimits();

  assert.equal(limits.lower(['a', 'b'], 20 * KIB, NOW), 10 * KIB);

  assert.equal(limits.allows(['b', 'c'], 10 * KIB, NOW), true);
  assert.equal(limits.allows(['b', 'c'], 10 * KIB + 1, NOW), false);
  assert.equal(limits.allows(['c'], 32 * KIB, NOW), true);
});

test('InlineLimits allows a policy that always fails six evaluations, and then none', () => {
  const limits = new InlineLimits();
  let tries = 0;
  for (let bytes = 32 * KIB; bytes > 0; bytes -= 1) {
    if (!limits.allows(['a'], bytes, NOW)) continue;
    tries += 1;
    limits.lower(['a'], bytes, NOW);
  }

  assert.equal(tries, 6);
  assert.equal(limits.allows(['a'], 0, NOW), true);
  assert.equal(limits.allows(['a'], 1, NOW), false);
});

test('InlineLimits forgets a failure after ten minutes', () => {
  const limits = new InlineLimits();
  limits.lower(['a'], 100, NOW);

  assert.equal(limits.allows(['a'], 100, monotonicMs(5000 + TEN_MINUTES_MS - 1)), false);
  assert.equal(limits.allows(['a'], 100, monotonicMs(5000 + TEN_MINUTES_MS)), true);
});

test('InlineLimits knows what may run long: more than what a policy may get that did not complete, for ten minutes', () => {
  const limits = new InlineLimits();
  limits.lower(['a'], 20 * KIB, NOW);
  const ask = (policies: readonly string[], bytes: number, atMs = NOW): boolean =>
    limits.isLowered(policies, bytes, atMs);

  assert.deepEqual(
    [
      ask(['b', 'a'], 20 * KIB),
      ask(['a'], 10 * KIB + 1),
      ask(['a'], 10 * KIB),
      ask(['b'], 20 * KIB),
      // Too large for this thread, and nothing else is known of it.
      ask(['b'], 64 * KIB),
      ask(['a'], 20 * KIB, monotonicMs(5000 + TEN_MINUTES_MS)),
    ],
    [true, true, false, false, false, false],
  );
});
