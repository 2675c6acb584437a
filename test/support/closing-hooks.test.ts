import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClosingStack } from './closing-hooks.ts';

test('closes the last first, each once, and all of them even if one fails', async () => {
  const stack = new ClosingStack();
  const closed: string[] = [];
  const failure = new Error('sample');
  stack.after(() => closed.push('first'));
  stack.after(() => Promise.reject(failure));
  stack.after(() => closed.push('last'));

  await assert.rejects(stack.close(), failure);
  await stack.close();

  assert.deepEqual(closed, ['last', 'first']);
});
