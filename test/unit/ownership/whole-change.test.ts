import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeWholeChange } from '../../../src/ownership/whole-change.ts';

test('describeWholeChange() takes all that is stored for owned by Git', () => {
  assert.deepEqual(describeWholeChange('DELETE'), {
    semantic: true,
    paths: [{ path: '', segments: [], kind: 'removed', gitOwned: true }],
    protectedKeys: [],
    truncated: false,
  });
  assert.deepEqual(
    (['CREATE', 'UPDATE', 'CONNECT'] as const).map((operation) =>
      describeWholeChange(operation).paths.map(({ kind, gitOwned }) => [kind, gitOwned]),
    ),
    [[['added', false]], [['changed', true]], [['changed', true]]],
  );
});
