/** The look-ups against a real API server, under an account that may do no more than `deploy/base` grants. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { addMs, systemClock } from '../../src/base/clock.ts';
import { createClusterClient } from '../../src/kubernetes/client/client.ts';
import { createLiveLookup } from '../../src/kubernetes/lookup/live-lookup.ts';
import type { ClusterLookup } from '../../src/kubernetes/lookup/lookup.ts';
import { SEARCHED_KINDS } from '../../src/kubernetes/lookup/searched-kinds.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import { joinOrStartCluster } from '../support/cluster/shared-cluster.ts';
import { applyAsArgoCd, shopObjects } from '../support/cluster/shop.ts';

const BASE = join(import.meta.dirname, '..', '..', 'deploy', 'base');
const deployment = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};

describe('look-ups in a real cluster', () => {
  let cluster: Cluster;
  let lookup: ClusterLookup;
  before(async () => {
    cluster = await joinOrStartCluster();
    const apply = ['apply', '--server-side', '-f'];
    await cluster.mustKubectl('alice', [...apply, join(BASE, 'namespace.yaml')]);
    await cluster.mustKubectl('alice', ['apply', '--server-side', '-k', BASE]);
    await cluster.mustKubectl('alice', ['create', 'namespace', 'shop']);
    await cluster.mustKubectl('alice', ['create', 'namespace', 'empty']);
    await applyAsArgoCd(cluster, shopObjects(), { user: 'alice' });
    lookup = await connect(cluster);
  });
  after(async () => {
    lookup.close();
    await cluster.stop();
  });
  const soon = () => addMs(systemClock.monotonicMs(), 60_000);

  it('finds an object with its kind and marks', async () => {
    const found = await lookup.lookupObject(deployment, soon());
    assert.ok(found.status === 'found');
    assert.equal(found.object.kind, 'Deployment');
    assert.equal(
      found.object.metadata?.annotations?.['argocd.argoproj.io/tracking-id'],
      'checkout:apps/Deployment:shop/checkout',
    );
  });

  it('knows what is not there, also where the kind is not', async () => {
    const absent = { status: 'absent' };
    assert.deepEqual(await lookup.lookupFresh({ ...deployment, name: 'other' }, soon()), absent);
    assert.deepEqual(await lookup.findApplication('argocd', 'checkout', soon()), absent);
  });

  it('finds what a namespace would take with it, and says "none" of an empty one', async () => {
    const found = await lookup.findManagedInNamespace('shop', soon());
    assert.ok(found.status === 'found');
    assert.deepEqual(
      found.objects.map(({ kind, name, app }) => `${kind} ${name} of ${app ?? ''}`).toSorted(),
      [
        'ConfigMap checkout of checkout',
        'Deployment checkout of checkout',
        'Service checkout of checkout',
      ],
    );
    assert.deepEqual(await lookup.findManagedInNamespace('empty', soon()), {
      status: 'found',
      objects: [],
    });
  });

  it('is not allowed to read a Secret, and says so', async () => {
    const secret = { ...deployment, group: '', resource: 'secrets', kind: 'Secret' };
    const answer = await lookup.lookupFresh(secret, soon());
    assert.equal(answer.status === 'unavailable' && answer.code, 'lookup_forbidden');
  });
});

async function connect(cluster: Cluster): Promise<ClusterLookup> {
  const token = await cluster.mustKubectl(
    'alice',
    '-n holdfast-system create token holdfast'.split(' '),
  );
  const kubeconfigFile = await cluster.addUser('holdfast', token.trim());
  const client = await createClusterClient({
    kubeconfigFile,
    connectionsMax: 8,
    clock: systemClock,
  });
  assert.ok(client !== undefined);
  return createLiveLookup({
    client,
    clock: systemClock,
    lookupTimeoutMs: 60_000,
    lookupCacheMs: 0,
    lookupCacheEntriesMax: 0,
    concurrentLookupsMax: 8,
    searchedKinds: SEARCHED_KINDS,
    isManaged: ({ kind, metadata }, { name }) => {
      const mark = metadata?.annotations?.['argocd.argoproj.io/tracking-id'] ?? '';
      return mark.includes(`/${kind ?? ''}:`) && mark.endsWith(`/${name}`)
        ? { app: mark.split(':')[0] }
        : undefined;
    },
  });
}
