import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planRotation } from '../../../../src/sinks/file/plan-rotation.ts';

test('planRotation() makes room from the oldest on, and drops the one beyond the last', () => {
  assert.deepEqual(planRotation('audit.jsonl', 3), [
    { from: 'audit.jsonl.2', to: 'audit.jsonl.3' },
    { from: 'audit.jsonl.1', to: 'audit.jsonl.2' },
    { from: 'audit.jsonl', to: 'audit.jsonl.1' },
  ]);
});

test('planRotation() of a single file replaces it', () => {
  assert.deepEqual(planRotation('a', 1), [{ from: 'a', to: 'a.1' }]);
});
