import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetiredThreads } from '../../../src/compose/retired-threads.ts';

function thread(closed: string[], name: string) {
  return {
    close: async () => {
      closed.push(name);
    },
  };
}

test('what was retired is closed once no request can wait for it', async () => {
  const waited = Promise.withResolvers<void>();
  const closed: string[] = [];
  const retired = new RetiredThreads(() => waited.promise);
  const retiring = retired.retire(thread(closed, 'first'));
  assert.deepEqual(closed, []);
  waited.resolve();
  await retiring;
  assert.deepEqual(closed, ['first']);
  await retired.close();
  assert.deepEqual(closed, ['first']);
});

test('at the end of the process all are closed at once, and once', async () => {
  const waited = Promise.withResolvers<void>();
  const closed: string[] = [];
  const retired = new RetiredThreads(() => waited.promise);
  const retiring = ['first', 'second'].map((name) => retired.retire(thread(closed, name)));
  await retired.close();
  waited.resolve();
  await Promise.all(retiring);
  assert.deepEqual(closed, ['first', 'second']);
});
