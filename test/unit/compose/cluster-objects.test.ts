import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import {
  createLiveClusterObjects,
  snapshotClusterObjects,
} from '../../../src/compose/cluster-objects.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import type { PolicyDescriptor } from '../../../src/policy/descriptor.ts';
import { sampleDescriptor, sampleRequest } from '../../support/admission-samples.ts';
import { sampleDiscovery } from '../../support/discovery-samples.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { waitUntil } from '../../support/wait-until.ts';

const kind = { group: '', version: 'v1', kind: 'Pod' };
const inShop: AdmissionRequest = { ...sampleRequest(), kind, namespace: 'shop' };
const inOther: AdmissionRequest = { ...inShop, namespace: 'other' };
const inNone: AdmissionRequest = { ...inShop, namespace: undefined };
const shop = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { a: 'b' } },
};
const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' } };
const policy: PolicyDescriptor = sampleDescriptor({
  facts: ['namespace', 'inventory'],
  constraint: {
    template: 't',
    name: 'c',
    match: {},
    inventory: [{ group: '', version: 'v1', kind: 'Service' }],
  },
});
const tree = { namespace: { shop: { v1: { Service: { web: service } } } } };
const soon = () => addMs(systemClock.monotonicMs(), 5000);

describe('snapshotClusterObjects()', () => {
  const items = { apiVersion: 'v1', kind: 'List', items: [shop, service, 'no object'] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' } };

  it('has the namespace of a request, and null for what is in none', () => {
    const { readNamespace } = snapshotClusterObjects([items], [policy]);

    assert.deepEqual(readNamespace(inShop, soon()), { status: 'known', value: shop });
    assert.deepEqual(readNamespace(inNone, soon()), { status: 'known', value: null });
    assert.deepEqual(readNamespace(inOther, soon()), {
      status: 'unavailable',
      code: 'fact_unavailable',
      reason: 'the namespace "other" is not known',
    });
  });

  it('has only the kinds of the policies in its inventory', () => {
    const { readInventory } = snapshotClusterObjects(() => [items, pod], [policy]);

    assert.deepEqual(readInventory(), { status: 'known', value: tree });
    assert.deepEqual(snapshotClusterObjects([items], []).readInventory(), {
      status: 'known',
      value: {},
    });
  });
});

describe('createLiveClusterObjects()', () => {
  interface World {
    readonly fresh?: ObjectLookup;
    readonly isServed?: boolean;
  }

  async function start(
    t: TestContext,
    { fresh = { status: 'absent' }, isServed = true }: World = {},
  ) {
    const server = await startFakeApiServer();
    const resources = [
      { resource: 'services', kind: 'Service' },
      { resource: 'namespaces', kind: 'Namespace', namespaced: false },
    ];
    const served = sampleDiscovery(resources);
    const list = (...items: readonly object[]) => ({
      body: { metadata: { resourceVersion: '10' }, items },
    });
    if (isServed) server.answer('/api', { body: served['/api'] });
    server.answer('/apis', { body: served['/apis'] });
    server.answer('/api/v1/services', list(service));
    server.answer('/api/v1/namespaces', list(shop));
    const configuration = defaultConfiguration('/');
    const { kubeconfigFile } = server;
    const live = createLiveClusterObjects(
      { kubernetes: { ...configuration.kubernetes, kubeconfigFile } },
      {
        lookup: { lookupFresh: () => Promise.resolve(fresh) },
        clock: systemClock,
        logger: recordTelemetry().logger,
      },
    );
    // In this order: the server waits for the watches of its clients.
    t.after(async () => {
      await live.close();
      await server.stop();
    });
    return { live, server };
  }

  it('follows what the policies read, and makes the tree once for all requests', async (t) => {
    const { live } = await start(t);
    const objects = live.bind([policy]);
    await waitUntil(() => objects.readInventory().status === 'known');

    const first = objects.readInventory();
    const second = objects.readInventory();

    assert.deepEqual(first, { status: 'known', value: tree });
    assert.ok(first.status === 'known' && second.status === 'known');
    assert.equal(first.value, second.value);
    assert.deepEqual(objects.readNamespace(inNone, soon()), { status: 'known', value: null });
    await waitUntil(() => !(objects.readNamespace(inShop, soon()) instanceof Promise));
    assert.deepEqual(objects.readNamespace(inShop, soon()), { status: 'known', value: shop });
  });

  it('asks nobody where no policy reads other objects', async (t) => {
    const { live, server } = await start(t);

    const objects = live.bind([sampleDescriptor()]);

    assert.equal(objects.readInventory().status, 'unavailable');
    assert.deepEqual(server.requests, []);
  });

  it('follows namespaces where the configuration selects them by labels', async (t) => {
    const { live } = await start(t);

    const objects = live.bind([sampleDescriptor()], { selectsNamespaces: true });

    await waitUntil(() => !(objects.readNamespace(inShop, soon()) instanceof Promise));
    assert.deepEqual(objects.readNamespace(inShop, soon()), { status: 'known', value: shop });
  });

  it('reads a namespace that the watch does not have yet', async (t) => {
    const { live } = await start(t, { fresh: { status: 'found', object: shop } });

    const found = await live.bind([policy]).readNamespace(inShop, soon());

    assert.deepEqual(found, { status: 'known', value: shop });
  });

  it('knows nothing of a namespace that is not there, or that nobody could read', async (t) => {
    const absent = (await start(t)).live.bind([policy]);
    const reason = 'the API server did not answer';
    const code = 'lookup_failed';
    const silent = await start(t, { fresh: { status: 'unavailable', code, reason } });

    assert.deepEqual(await absent.readNamespace(inOther, soon()), {
      status: 'unavailable',
      code: 'fact_unavailable',
      reason: 'the namespace "other" is not known',
    });
    assert.deepEqual(await silent.live.bind([policy]).readNamespace(inOther, soon()), {
      status: 'unavailable',
      code: 'fact_unavailable',
      reason,
    });
  });

  it('has no inventory before all of it was listed: missing objects would look like none', async (t) => {
    const { live, server } = await start(t, { isServed: false });
    server.answer('/api', { status: 503, body: {} });
    const objects = live.bind([policy]);
    await waitUntil(() => server.requests.length > 0);

    assert.equal(objects.readInventory().status, 'unavailable');
  });
});
