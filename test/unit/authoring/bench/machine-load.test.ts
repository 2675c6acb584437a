import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  disturbanceBetween,
  readMachineLoad,
} from '../../../../src/authoring/bench/machine-load.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('readMachineLoad() sums what the processors did, and leaves out what they waited for', async (t) => {
  const folder = await makeTemporaryFolder(t, { stat: 'cpu  10 2 3 400 50 5 6 7 8 9\ncpu0 1 1\n' });

  const load = await readMachineLoad(join(folder, 'stat'));

  assert.equal(load?.machineMs, 330);
  assert.ok(load.ownMs > 0);
});

test('readMachineLoad() knows nothing where the kernel tells nothing', async (t) => {
  const folder = await makeTemporaryFolder(t, { stat: 'intr 1 2 3\n' });

  assert.equal(await readMachineLoad(join(folder, 'stat')), undefined);
  assert.equal(await readMachineLoad(join(folder, 'none')), undefined);
});

test('disturbanceBetween() is what others took of all processors', () => {
  const before = { atMs: 1000, machineMs: 5000, ownMs: 100 };

  assert.equal(disturbanceBetween(before, { atMs: 2000, machineMs: 6400, ownMs: 1000 }, 2), 0.25);
  // Ticks are coarse: the sum may seem less than what this process took.
  assert.equal(disturbanceBetween(before, { atMs: 2000, machineMs: 5900, ownMs: 1050 }, 2), 0);
  assert.equal(disturbanceBetween(before, { atMs: 2000, machineMs: 99_000, ownMs: 100 }, 2), 1);
  assert.equal(disturbanceBetween(before, before, 2), undefined);
  assert.equal(disturbanceBetween(undefined, before, 2), undefined);
  assert.equal(disturbanceBetween(before, undefined, 2), undefined);
});
