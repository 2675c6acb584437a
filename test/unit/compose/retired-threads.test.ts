import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemWait } from '../../../src/base/wait.ts';
import { RETIRED_MAX, RetiredThreads } from '../../../src/compose/retired-threads.ts';

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

test('of more than are kept, the oldest are closed before their time', async () => {
  const closed: string[] = [];
  const retired = new RetiredThreads(systemWait);
  const retiring = ['first', 'second', 'third', 'fourth'].map((name) =>
    retired.retire(thread(closed, name)),
  );
  await Promise.all(retiring.slice(0, -RETIRED_MAX));
  assert.deepEqual(closed, ['first', 'second']);
  assert.equal(retired.count, RETIRED_MAX);
  await retired.close();
  await Promise.all(retiring);
  assert.deepEqual(closed, ['first', 'second', 'third', 'fourth']);
});

test('what is needed again stays open, and has its whole time when it is retired again', async () => {
  const closed: string[] = [];
  const times: (() => void)[] = [];
  const retired = new RetiredThreads(() => new Promise((resolve) => times.push(resolve)));
  const again = thread(closed, 'again');
  const first = retired.retire(again);
  retired.recall(again);
  assert.equal(retired.has(again), false);
  const second = retired.retire(again);
  times[0]?.();
  await first;
  assert.deepEqual([closed, retired.has(again)], [[], true]);
  times[1]?.();
  await second;
  assert.deepEqual(closed, ['again']);
});

test('what was never retired can be recalled', async () => {
  const closed: string[] = [];
  const retired = new RetiredThreads(systemWait);
  retired.recall(thread(closed, 'other'));
  await retired.close();
  assert.deepEqual(closed, []);
});
