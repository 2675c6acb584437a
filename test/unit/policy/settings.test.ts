import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureSchema, modeSchema, policiesSchema } from '../../../src/policy/settings.ts';

for (const [name, schema, good, bad] of [
  ['a mode', modeSchema, ['enforce', 'warn', 'audit', 'off'], ['on', false, '']],
  ['a failure mode', failureSchema, ['deny', 'allow', 'warn'], ['enforce', '']],
] as const) {
  test(`${name} is held to its form`, () => {
    for (const value of good) assert.deepEqual(schema.safeParse(value).data, value);
    for (const value of bad) assert.equal(schema.safeParse(value).success, false, String(value));
  });
}

test('a policy has no longer deadline than the engine may have', () => {
  const accepts = (deadlineMs: number) =>
    policiesSchema.safeParse({ settings: { sample: { deadlineMs } } }).success;

  assert.deepEqual([0, 1, 20_000, 20_001].map(accepts), [false, true, true, false]);
});
