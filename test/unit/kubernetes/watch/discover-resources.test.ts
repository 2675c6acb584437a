import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { addMs, systemClock } from '../../../../src/base/clock.ts';
import { discoverResources } from '../../../../src/kubernetes/watch/discover-resources.ts';
import { sampleDiscovery } from '../../../support/discovery-samples.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import { connectToFake } from '../../../support/fake-client.ts';

const DISCOVERY = sampleDiscovery([
  { resource: 'configmaps', kind: 'ConfigMap' },
  { group: 'apps', resource: 'deployments', kind: 'Deployment' },
]);

async function discover(t: TestContext, answers: Readonly<Record<string, object>>) {
  const api = await startFakeApiServer();
  t.after(() => api.stop());
  for (const [path, answer] of Object.entries(answers)) api.answer(path, answer);
  const client = await connectToFake(api);
  t.after(() => client.close());
  return await discoverResources(client, addMs(systemClock.monotonicMs(), 10_000));
}

test('the resources of the core group and of all others are discovered', async (t) => {
  const found = await discover(t, {
    '/api': { body: DISCOVERY['/api'] },
    '/apis': { body: DISCOVERY['/apis'] },
  });
  assert.ok(found.status === 'discovered');
  assert.deepEqual([...found.served.keys()], ['configmaps', 'deployments.apps']);
  assert.deepEqual(found.served.get('deployments.apps'), {
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    kind: 'Deployment',
    namespaced: true,
  });
});

test('half an answer is none', async (t) => {
  const core = { '/api': { body: DISCOVERY['/api'] } };
  assert.deepEqual(await discover(t, core), {
    status: 'unavailable',
    reason: 'GET /apis lists no resources',
  });
  assert.deepEqual(await discover(t, { ...core, '/apis': { body: { kind: 'Status' } } }), {
    status: 'unavailable',
    reason: 'GET /apis lists no resources',
  });
  const failed = await discover(t, { ...core, '/apis': { status: 500 } });
  assert.equal(failed.status, 'unavailable');
});
