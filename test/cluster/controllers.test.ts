/** The control plane at work on managed objects, with the webhook on and failure policy Fail. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApiObject } from '../support/cluster/api-client.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { addAutoscaler } from '../support/cluster/service-account-user.ts';
import {
  applyAsArgoCd,
  scaleAsAutoscaler,
  shopAutoscaler,
  shopObjects,
  waitForRollout,
} from '../support/cluster/shop.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const PODS = '/api/v1/namespaces/shop/pods?labelSelector=app%3Dcheckout';
const REPLICA_SETS = '/apis/apps/v1/namespaces/shop/replicasets';
const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/checkout';

describe('with the webhook on, the control plane', () => {
  let cluster: Cluster;
  before(async () => {
    ({ cluster } = await startShopCluster());
    await addAutoscaler(cluster);
  });
  after(async () => {
    await cluster?.stop();
  });

  async function list(path: string): Promise<readonly ApiObject[]> {
    return (await cluster.request('root', path)).body.items ?? [];
  }

  it('rolls a Deployment out', async () => {
    const { body } = await cluster.request('root', DEPLOYMENT);
    assert.equal(body.status?.['readyReplicas'], 2);
    assert.equal(body.metadata?.annotations?.['deployment.kubernetes.io/revision'], '1');
    assert.equal((await list(PODS)).length, 2);
  });

  it('rolls a new image out: a new ReplicaSet grows, the old one shrinks to nothing', async () => {
    await applyAsArgoCd(cluster, shopObjects({ image: 'registry.local/checkout:2.0.0' }));
    await waitForRollout(cluster);
    const sizes = (await list(REPLICA_SETS)).map(({ spec }) => Number(spec?.['replicas']));
    assert.deepEqual(
      sizes.toSorted((a, b) => a - b),
      [0, 2],
    );
    const { body } = await cluster.request('root', DEPLOYMENT);
    assert.equal(body.metadata?.annotations?.['deployment.kubernetes.io/revision'], '2');
  });

  it('makes a new pod for one that was deleted by hand', async () => {
    const [victim] = await list(PODS);
    await cluster.mustKubectl('alice', [
      'delete',
      'pod',
      victim?.metadata?.name ?? '',
      '-n',
      'shop',
    ]);
    await waitFor('there are two pods again, without the deleted one', async () => {
      const pods = await list(PODS);
      return (
        pods.length === 2 && pods.every(({ metadata }) => metadata?.uid !== victim?.metadata?.uid)
      );
    });
  });

  it('scales a managed Deployment by its autoscaler, and the Deployment its ReplicaSet', async () => {
    const withoutOne = await scaleAsAutoscaler(cluster, 4);
    assert.match(withoutOne.body.message ?? '', /No autoscaler targets it/u);
    await applyAsArgoCd(cluster, [shopAutoscaler()]);
    const scaled = await waitFor('the autoscaler may scale', async () => {
      const answer = await scaleAsAutoscaler(cluster, 4);
      return answer.code === 200 ? answer : undefined;
    });
    assert.equal(scaled.code, 200, scaled.body.message);
    const beyond = await scaleAsAutoscaler(cluster, 9);
    assert.match(
      beyond.body.message ?? '',
      /outside the bounds of its autoscaler "checkout": 1 to 5/u,
    );
    await waitFor('there are four pods', async () => (await list(PODS)).length === 4);
    await applyAsArgoCd(cluster, shopObjects({ image: 'registry.local/checkout:2.0.0' }));
    await waitFor('there are two pods', async () => (await list(PODS)).length === 2);
  });

  it('keeps the endpoints of a managed Service', async () => {
    const path = '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices';
    await waitFor('the slice names two endpoints', async () =>
      (await list(path)).some(
        (slice) => Array.isArray(endpointsOf(slice)) && endpointsOf(slice).length === 2,
      ),
    );
  });

  it('collects ReplicaSets and pods when Git removes the Deployment', async () => {
    await cluster.mustKubectl('argocd', ['delete', 'deployment/checkout', '-n', 'shop']);
    await waitFor('nothing of it is left', async () => {
      const left = [...(await list(REPLICA_SETS)), ...(await list(PODS))];
      return left.length === 0;
    });
  });

  it('empties and ends a namespace that Git removes, with managed objects in it', async () => {
    await applyAsArgoCd(cluster, shopObjects());
    await waitForRollout(cluster);
    const argv = ['delete', 'namespace', 'shop', '--timeout=50s'];
    assert.match(await cluster.mustKubectl('argocd', argv), /namespace "shop" deleted/u);
    assert.equal((await cluster.request('root', '/api/v1/namespaces/shop')).code, 404);
  });
});

function endpointsOf(slice: object): readonly unknown[] {
  const endpoints: unknown = Reflect.get(slice, 'endpoints');
  return Array.isArray(endpoints) ? endpoints : [];
}
