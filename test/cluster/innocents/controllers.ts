/** Controllers keep what is derived from managed objects, and nobody is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  assertNobodyRefused,
  useInnocentCluster,
  APPS,
  ROLLING_PODS,
  SHOP,
} from '../../support/cluster/innocents.ts';
import { waitFor } from '../../support/cluster/wait-for.ts';

describe('nobody in the right is refused: controllers beside Git', () => {
  const world = useInnocentCluster();

  it('an autoscaler that Git declares scales within its bounds', async () => {
    const { cluster, running, sync } = world();
    await sync({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'rolling' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'rolling' },
        minReplicas: 1,
        maxReplicas: 4,
      },
    });
    const path = `${APPS}/deployments/rolling/scale`;
    await waitFor('the autoscaler has scaled', async () => {
      const { body } = await cluster.request('autoscaler', path);
      const answer = await cluster.request('autoscaler', path, {
        method: 'PUT',
        body: { ...body, spec: { replicas: 4 } },
      });
      if (answer.code === 409) return false;
      assert.equal(answer.code, 200, answer.body.message);
      return true;
    });
    await waitFor('four pods run', async () => {
      return (await running(ROLLING_PODS)).length === 4;
    });
  });

  it('the slices of a managed Service follow its pods', async () => {
    const { items } = world();
    await waitFor('the slice names the pods', async () => {
      const slices = await items('/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices');
      return slices.some((slice) => JSON.stringify(slice).includes('192.0.2.10'));
    });
  });

  it('the status of a managed disruption budget is kept', async () => {
    const { get, sync } = world();
    await sync({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'rolling' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'rolling' } } },
    });
    await waitFor('its status is known', async () => {
      const path = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/rolling';
      return (await get(path)).status?.['expectedPods'] !== undefined;
    });
  });

  it('the status of a managed quota is kept', async () => {
    const { get, sync } = world();
    await sync({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'limits' },
      spec: { hard: { configmaps: '100' } },
    });
    await waitFor('its status is known', async () => {
      return (await get(`${SHOP}/resourcequotas/limits`)).status?.['used'] !== undefined;
    });
  });

  it('a managed aggregated role is filled', async () => {
    const { get, sync, send } = world();
    const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'everything' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'everything' } }] },
      rules: [],
    };
    await sync(role);
    await send('alice', rbac, {
      method: 'POST',
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'a-part', labels: { part: 'everything' } },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      },
    });
    await waitFor('its rules are there', async () => {
      return JSON.stringify(await get(`${rbac}/everything`)).includes('"pods"');
    });
  });

  it('a storage migration writes every object back', async () => {
    const { cluster, get } = world();
    const path = `${APPS}/deployments/checkout`;
    await waitFor('nobody wrote in between', async () => {
      const body = await get(path);
      return (await cluster.request('alice', path, { method: 'PUT', body })).code === 200;
    });
  });

  it('an ingress controller writes the status of a managed Ingress', async () => {
    const { sync, send } = world();
    await sync({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'front' },
      spec: { defaultBackend: { service: { name: 'checkout', port: { number: 80 } } } },
    });
    await send('edge', '/apis/networking.k8s.io/v1/namespaces/shop/ingresses/front/status', {
      method: 'PATCH',
      body: { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
    });
  });

  it('a load balancer is given to a managed Service', async () => {
    const { sync, send } = world();
    await sync({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'outside' },
      spec: { type: 'LoadBalancer', selector: { app: 'rolling' }, ports: [{ port: 80 }] },
    });
    await send('service-controller', `${SHOP}/services/outside/status`, {
      method: 'PATCH',
      body: { status: { loadBalancer: { ingress: [{ ip: '192.0.2.2' }] } } },
    });
  });

  it('and no decision of all of these was a refusal', async () => {
    await assertNobodyRefused(world());
  });
});
