import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemWait } from '../../../src/base/wait.ts';

test('systemWait() resolves when the time is over, and leaves no listener behind', async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  const counted = Object.assign(signal, {
    addEventListener: (...given: Parameters<typeof add>) => {
      listeners += 1;
      add(...given);
    },
    removeEventListener: (...given: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...given);
    },
  });

  await systemWait(1, counted);

  assert.equal(listeners, 0);
});

test('systemWait() resolves at once when the signal aborts, before or meanwhile', async () => {
  const controller = new AbortController();
  const waiting = systemWait(3_600_000, controller.signal);

  controller.abort();

  await waiting;
  await systemWait(3_600_000, controller.signal);
});
