import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { AdmissionUtilization } from '../../../src/delivery/admission-utilization.ts';
import { waitUntil } from '../../support/wait-until.ts';

test('AdmissionUtilization tells in shared memory how busy this thread is, until it ends', async () => {
  const published = new AdmissionUtilization();
  const read = new AdmissionUtilization(published.memory);
  assert.equal(read.value, 0);
  const end = published.publish();
  let isOver = false;
  const spin = async (): Promise<void> => {
    while (!isOver) await turn();
  };

  const spinning = spin();
  await waitUntil(() => read.value > 0.9);
  isOver = true;
  await spinning;
  await waitUntil(() => read.value < 0.5);
  end();

  const last = read.value;
  assert.ok(last >= 0 && last < 0.5);
});
