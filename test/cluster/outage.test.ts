/** The webhook is down, with failure policy Fail: the cluster lives on, and what Git manages stays as it is. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApiAnswer } from '../support/cluster/api-client.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import type { RegisteredHoldfast } from '../support/cluster/holdfast.ts';
import type { ClusterNode } from '../support/cluster/node.ts';
import { readDenial } from '../support/cluster/denial.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { applyAsArgoCd, shopObjects } from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const PATCH =
  'patch configmap/checkout -n shop --type=merge -p {"data":{"greeting":"hacked"}}'.split(' ');
const PODS = '/api/v1/namespaces/shop/pods?labelSelector=app%3Dcheckout';
const CONFIG_MAPS = '/api/v1/namespaces/holdfast-system/configmaps';

describe('while the webhook is down', () => {
  let cluster: Cluster;
  let holdfast: RegisteredHoldfast;
  let node: ClusterNode;
  before(async () => {
    ({ cluster, holdfast, node } = await startShopCluster());
    await cluster.mustKubectl('alice', ['create', 'configmap', 'free', '-n', 'shop']);
    await holdfast.stop();
  });
  after(async () => {
    await cluster?.stop();
  });

  it('the node keeps its lease and reports its status', async () => {
    assert.equal((await node.renewLease()).code, 200);
    assert.equal((await node.reportReady()).code, 200);
  });

  it('events are written', async () => {
    const involvedObject = { kind: 'Pod', namespace: 'shop', name: 'x' };
    const event = {
      metadata: { name: 'holdfast-outage' },
      involvedObject,
      reason: 'Tested',
      message: 'down',
    };
    const answer = await cluster.request('alice', '/api/v1/namespaces/shop/events', {
      method: 'POST',
      body: event,
    });
    assert.equal(answer.code, 201, answer.body.message);
  });

  it('our own namespace can be repaired', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'repair' } };
    assert.equal((await cluster.request('alice', CONFIG_MAPS, { method: 'POST', body })).code, 201);
    assert.equal(
      (await cluster.request('alice', `${CONFIG_MAPS}/repair`, { method: 'DELETE' })).code,
      200,
    );
  });

  it('managed objects are refused, and the API server says why', async () => {
    const result = await cluster.kubectl('alice', PATCH);
    assert.equal(result.code, 1);
    assert.match(
      result.stderr,
      /failed calling webhook "drift\.holdfast\.dev".*connection refused/su,
    );
  });

  it('even the account that Git writes with waits', async () => {
    const result = await cluster.kubectl('argocd', PATCH);
    assert.match(result.stderr, /failed calling webhook "drift\.holdfast\.dev"/u);
  });

  it('controllers replace a pod that its node removed, and the new one runs', async () => {
    const [victim] = (await cluster.request('root', PODS)).body.items ?? [];
    const path = `/api/v1/namespaces/shop/pods/${victim?.metadata?.name}`;
    const removed: ApiAnswer = await cluster.request('kubelet', path, {
      method: 'DELETE',
      body: { gracePeriodSeconds: 0 },
    });
    assert.equal(removed.code, 200, removed.body.message);
    await waitFor('two other pods run', async () => {
      const pods = (await cluster.request('root', PODS)).body.items ?? [];
      return (
        pods.filter(
          ({ metadata, status }) =>
            metadata?.uid !== victim?.metadata?.uid && status?.['phase'] === 'Running',
        ).length === 2
      );
    });
  });

  it('everything works again when it is back', async () => {
    await holdfast.start();
    const refused = await waitFor('Holdfast is asked again', async () =>
      readDenial(await cluster.kubectl('alice', PATCH)),
    );
    assert.deepEqual(refused.findings, ['managed_object_changed by gitops_only_writes']);
    await applyAsArgoCd(cluster, shopObjects({ greeting: 'back' }));
    const { body } = await cluster.request('root', '/api/v1/namespaces/shop/configmaps/checkout');
    assert.deepEqual(body.data, { greeting: 'back' });
    await cluster.mustKubectl('alice', ['delete', 'configmap', 'free', '-n', 'shop']);
  });
});
