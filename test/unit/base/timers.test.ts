import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemTimers } from '../../../src/base/timers.ts';
import { waitUntil } from '../../support/wait-until.ts';

test('systemTimers run once, at an interval, and in the next turn', async () => {
  const seen: string[] = [];
  const { promise: turned, resolve: turn } = Promise.withResolvers<void>();
  systemTimers.nextTurn(turn);
  systemTimers.after(1, () => seen.push('once'));
  const end = systemTimers.every(1, () => seen.push('again'));

  await turned;
  await waitUntil(() => seen.filter((one) => one === 'again').length > 1);
  await waitUntil(() => seen.includes('once'));
  end();

  assert.equal(seen.filter((one) => one === 'once').length, 1);
});

test('systemTimers run nothing that was cancelled', async () => {
  const seen: string[] = [];
  systemTimers.after(1, () => seen.push('once'))();
  systemTimers.every(1, () => seen.push('again'))();
  systemTimers.after(2, () => seen.push('later'));

  await waitUntil(() => seen.length > 0);

  assert.deepEqual(seen, ['later']);
});
