/** Endpoints, network plugins and schedulers work beside managed Services and pods, and nobody is refused. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  assertNobodyRefused,
  podTemplate,
  useInnocentCluster,
  APPS,
  ROLLING_PODS,
  SHOP,
} from '../../support/cluster/innocents.ts';
import { addServiceAccountUser } from '../../support/cluster/service-account-user.ts';
import { waitFor } from '../../support/cluster/wait-for.ts';

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices';
const ofService = (name: string) =>
  `${SLICES}?labelSelector=kubernetes.io%2Fservice-name%3D${name}`;
const PORTS = [{ port: 80 }];

describe('nobody in the right is refused: the network of managed Services', () => {
  const world = useInnocentCluster();

  before(async () => {
    const { cluster, kubectl } = world();
    await kubectl('-n', 'kube-system', 'create', 'serviceaccount', 'network-plugin');
    // A network plugin mints a token that is bound to no pod.
    const account = { namespace: 'kube-system', serviceAccount: 'network-plugin' };
    await addServiceAccountUser(cluster, { name: 'network-plugin', ...account });
    await cluster.mustKubectl('root', [
      'create',
      'clusterrolebinding',
      'network-plugin',
      '--clusterrole=cluster-admin',
      '--serviceaccount=kube-system:network-plugin',
    ]);
  });

  it('a Service without a selector, whose Endpoints Git declares, is mirrored', async () => {
    const { items, sync } = world();
    await sync(
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'mirrored' },
        spec: { ports: PORTS },
      },
      {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'mirrored' },
        subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: PORTS }],
      },
    );
    await waitFor('its slice is there', async () => {
      return JSON.stringify(await items(ofService('mirrored'))).includes('192.0.2.7');
    });
  });

  it('a Service without a selector has the slices that Git declares beside it', async () => {
    const { sync } = world();
    const slice = (address: string) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'outer-1', labels: { 'kubernetes.io/service-name': 'outer' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address] }],
      ports: PORTS,
    });
    await sync(
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'outer' }, spec: { ports: PORTS } },
      slice('192.0.2.8'),
    );
    await sync(slice('192.0.2.9'));
  });

  for (const cascade of ['background', 'foreground', 'orphan']) {
    it(`the endpoints of a Service that Git removes are collected: ${cascade}`, async () => {
      const { cluster, get, items, sync } = world();
      const name = `leaving-${cascade}`;
      await sync({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name },
        spec: { selector: { app: 'rolling' }, ports: PORTS },
      });
      await waitFor('its endpoints are there', async () => {
        const slices = await items(ofService(name));
        const subsets: unknown = Reflect.get(await get(`${SHOP}/endpoints/${name}`), 'subsets');
        return slices.length === 1 && Array.isArray(subsets) && subsets.length > 0;
      });
      const words = ['delete', `service/${name}`, `--cascade=${cascade}`, '--timeout=60s'];
      await cluster.mustKubectl('argocd', ['-n', 'shop', ...words]);
      const left = cascade === 'orphan' ? 1 : 0;
      await waitFor('they have gone', async () => {
        const slices = await items(ofService(name));
        const owned = slices.filter(({ metadata }) => metadata?.ownerReferences !== undefined);
        return slices.length === left && owned.length === 0;
      });
      await waitFor('the Endpoints have gone', async () => {
        return (await cluster.request('root', `${SHOP}/endpoints/${name}`)).code === 404;
      });
    });
  }

  it('a person publishes endpoints of a Service of their own', async () => {
    const { kubectl, send } = world();
    await kubectl('-n', 'shop', 'create', 'service', 'clusterip', 'own', '--tcp=80');
    await send('alice', SLICES, {
      method: 'POST',
      body: {
        metadata: { name: 'own-1', labels: { 'kubernetes.io/service-name': 'own' } },
        addressType: 'IPv4',
        endpoints: [],
        ports: PORTS,
      },
    });
    await kubectl('-n', 'shop', 'delete', 'endpointslice/own-1', 'service/own');
  });

  it('a network plugin writes the address of a pod beside its status', async () => {
    const { running, send } = world();
    const [pod] = await running(ROLLING_PODS);
    await send('network-plugin', `${SHOP}/pods/${pod?.metadata?.name ?? ''}/status`, {
      method: 'PATCH',
      body: { metadata: { annotations: { 'cni.example.com/podIP': '192.0.2.11/32' } } },
    });
  });

  it('a scheduler of another name binds the pods that name it', async () => {
    const { items, send, sync } = world();
    const template = podTemplate('batched');
    await sync({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'batched' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'batched' } },
        template: {
          ...template,
          spec: { ...Reflect.get(template, 'spec'), schedulerName: 'second' },
        },
      },
    });
    const pods = `${SHOP}/pods?labelSelector=app%3Dbatched`;
    const pod = await waitFor('its pod waits', async () => (await items(pods))[0]);
    const name = pod.metadata?.name ?? '';
    assert.equal(pod.spec?.['nodeName'], undefined);
    const target = { kind: 'Node', name: 'worker-1' };
    await send('edge', `${SHOP}/pods/${name}/binding`, {
      method: 'POST',
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target },
    });
    await waitFor('it is bound', async () => {
      const [bound] = await items(pods);
      return bound?.spec?.['nodeName'] === 'worker-1';
    });
    await send('argocd', `${APPS}/deployments/batched`, { method: 'DELETE', body: {} });
  });

  it('and no decision of all of these was a refusal', async () => {
    await assertNobodyRefused(world());
  });
});
