import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ObjectReader } from '../../../src/drift/object-reader.ts';
import { CONFIG_MAP } from '../../support/drift-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { clockOf } from '../../support/simulated-time.ts';

it('ObjectReader reads as many at once as it may, and refuses whoever waits beyond the limit', async () => {
  const { metrics, exposed } = recordTelemetry();
  const asked: string[] = [];
  const answer = Promise.withResolvers<{ readonly status: 'absent' }>();
  const reader = new ObjectReader({
    read: (path) => {
      asked.push(path);
      return answer.promise;
    },
    concurrentReadsMax: 1,
    waitingMax: 0,
    clock: clockOf(() => 0),
    metrics,
  });
  const first = reader.read(CONFIG_MAP);
  await assert.rejects(reader.read(CONFIG_MAP), /^Error: Too many objects wait to be read$/u);
  answer.resolve({ status: 'absent' });
  assert.deepEqual(await first, { status: 'absent' });
  // What no path can name is not asked for.
  assert.deepEqual(await reader.read({ ...CONFIG_MAP, name: '..' }), { status: 'absent' });
  assert.deepEqual(asked, ['/api/v1/namespaces/shop/configmaps/checkout']);
  assert.deepEqual(await exposed('holdfast_drift_reads_total'), [
    'holdfast_drift_reads_total{outcome="absent"} 1',
  ]);
});
