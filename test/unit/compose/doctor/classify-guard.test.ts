import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyGuard } from '../../../../src/compose/doctor/classify-guard.ts';

test('a registration is guarded where every policy is bound', () => {
  const [finding] = classifyGuard({ bound: ['b', 'other', 'a'], wanted: ['a', 'b'] });

  assert.deepEqual([finding?.code, finding?.status], ['guard_present', 'ok']);
});

test('a policy that is not bound guards nothing, and is named', () => {
  const [finding] = classifyGuard({ bound: ['a'], wanted: ['a', 'b'] });

  assert.deepEqual([finding?.code, finding?.status], ['guard_absent', 'warning']);
  assert.match(finding?.message ?? '', /\(no bound b\)/u);
});
