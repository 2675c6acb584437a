/** What is followed of a real cluster, under an account that may do no more than `deploy/base` grants. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { createClusterClient } from '../../src/kubernetes/client/client.ts';
import type { ConnectedCluster } from '../../src/kubernetes/client/cluster-client.ts';
import { startWatchCache } from '../../src/kubernetes/watch/watch-cache.ts';
import type { WatchCache } from '../../src/kubernetes/watch/watch-cache.ts';
import { defaultConfiguration } from '../../src/config/parse-configuration.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import type { StartedCluster } from '../support/cluster/cluster.ts';
import { addServiceAccountUser } from '../support/cluster/service-account-user.ts';
import { formatKubeconfig } from '../support/cluster/users.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';

const BASE = join(import.meta.dirname, '..', '..', 'deploy', 'base');
const configMaps = { group: '', resource: 'configmaps' };
const widgets = { group: 'example.com', resource: 'widgets' };
const PATH = '/api/v1/namespaces/shop/configmaps';

describe('what is followed of a real cluster', () => {
  let cluster: StartedCluster;
  let proxy: TcpProxy;
  let client: ConnectedCluster;
  let cache: WatchCache;
  let ends: string[] = [];
  before(async () => {
    cluster = await startCluster();
    for (const file of ['namespace.yaml', 'service-account.yaml', 'cluster-role.yaml']) {
      const argv = ['apply', '--server-side', '-n', 'holdfast-system', '-f', join(BASE, file)];
      await cluster.mustKubectl('root', argv);
    }
    const account = { name: 'holdfast', namespace: 'holdfast-system', serviceAccount: 'holdfast' };
    await addServiceAccountUser(cluster, account);
    await cluster.mustKubectl('root', ['create', 'namespace', 'shop']);
  });
  after(async () => {
    await cluster?.stop();
  });
  afterEach(async () => {
    await cache.close();
    client.close();
    await proxy.stop();
  });

  /** Everything goes through a proxy, by the names and certificates of the API server. */
  async function start(limits: object = {}): Promise<void> {
    ends = [];
    proxy = await startTcpProxy(Number(new URL(cluster.url).port));
    const token = (await cluster.mustKubectl('root', TOKEN)).trim();
    const kubeconfigFile = join(cluster.folder, 'proxied.kubeconfig');
    const server = {
      url: `https://127.0.0.1:${String(proxy.port)}`,
      caFile: join(cluster.folder, 'certificates', 'apiserver.crt'),
    };
    await writeFile(
      kubeconfigFile,
      formatKubeconfig({ name: 'holdfast', credential: { token } }, server),
    );
    const made = await createClusterClient({
      kubeconfigFile,
      connectionsMax: 8,
      clock: systemClock,
    });
    assert.ok(made !== undefined);
    client = made;
    cache = startWatchCache({
      client,
      clock: systemClock,
      random: () => 0.5,
      limits: { ...defaultConfiguration('/').kubernetes.watch, ...limits },
      keeps: (key) => key === 'mark',
      argocdNamespace: 'argocd',
      observer: {
        ended: (resource, reason) => ends.push(`${resource} ${reason}`),
        discoveryFailed: (reason) => ends.push(reason),
        leftOut: (resources) => ends.push(resources.join(' ')),
        settings: ({ trackingMethod }) => ends.push(trackingMethod),
      },
      // No wait is so long that a test would time out over it; a real one is never shorter.
      scaleWait: (waitMs) => Math.min(waitMs, 500),
    });
    await waitFor('the config maps are known', () => isSynced(configMaps));
  }
  const isSynced = (reference: typeof configMaps): boolean =>
    cache.find(reference)?.reflector.state() === 'synced';
  const find = (name: string) => cache.find(configMaps)?.objects.get('shop', name);
  const create = async (name: string, labels: Record<string, string> = {}) => {
    const body = { metadata: { name, labels }, data: { secret: 'x' } };
    const answer = await cluster.request('root', PATH, { method: 'POST', body });
    assert.equal(answer.code, 201, answer.body.message);
    return answer.body;
  };
  const remove = async (name: string) => {
    const answer = await cluster.request('root', `${PATH}/${name}`, { method: 'DELETE' });
    assert.equal(answer.code, 200, answer.body.message);
  };
  const known = (name: string) => waitFor(`${name} is known`, () => find(name) !== undefined);
  const forgotten = (name: string) =>
    waitFor(`${name} is forgotten`, () => find(name) === undefined);

  /** Whether the API server says 410 to a watch from there, in its answer or in an event. */
  const isGone = async (version: number): Promise<boolean> => {
    let line = '';
    const end = await client.watch(`${PATH}?watch=1&resourceVersion=${String(version)}`, {
      accept: 'application/json',
      silenceMsMax: 10_000,
      signal: AbortSignal.timeout(10_000),
      onOpen: () => undefined,
      onLine: (first) => {
        line = first;
        return false;
      },
    });
    return (end.status === 'refused' && end.code === 410) || /"code":410/u.test(line);
  };

  it('may follow everything that the API server serves of the default resources', async () => {
    await start();
    await waitFor('everything is known', () =>
      cache.watched().every(({ reflector }) => reflector.state() === 'synced'),
    );
    const names = cache.watched().map(({ served }) => served.resource);
    assert.ok(names.length >= 20, names.join(' '));
    assert.deepEqual(
      ends.filter((end) => !end.endsWith('listed')),
      ['annotation'],
    );
    const roles = cache.find({ group: 'rbac.authorization.k8s.io', resource: 'clusterroles' });
    assert.ok(roles?.objects.get('', 'cluster-admin') !== undefined);
  });

  it('hears of what is made, changed and deleted, and keeps no data', async () => {
    await start();
    await create('heard', { mark: 'first' });
    await known('heard');
    assert.equal(JSON.stringify(find('heard')).includes('secret'), false);
    assert.deepEqual(find('heard')?.labels, { mark: 'first' });
    await cluster.mustKubectl('root', ['-n', 'shop', 'label', 'cm/heard', '--overwrite', 'mark=b']);
    await waitFor('the change is known', () => find('heard')?.labels?.['mark'] === 'b');
    await remove('heard');
    await forgotten('heard');
  });

  it('lists page after page', async () => {
    await Promise.all(Array.from({ length: 520 }, (_, index) => create(`page-${String(index)}`)));
    await start();
    const size = [...(cache.find(configMaps)?.objects.inNamespace('shop') ?? [])].length;
    assert.ok(size >= 520, String(size));
    await cluster.mustKubectl('root', '-n shop delete configmap --all --wait=false'.split(' '));
    await forgotten('page-519');
  });

  it('goes on after the API server was killed and started again', async () => {
    await start();
    await create('before-restart');
    await known('before-restart');
    await cluster.restartApiServer();
    await create('after-restart');
    await known('after-restart');
    assert.ok(find('before-restart') !== undefined);
    assert.ok(ends.some((end) => end === 'configmaps broken' || end === 'configmaps ended'));
  });

  it('notices that its connections are dead although they are open, and replaces them', async () => {
    await start({ silenceMs: 3000 });
    await create('seen');
    await known('seen');
    const taken = proxy.taken();
    proxy.freeze();
    await remove('seen');
    await create('unseen');
    assert.ok(find('seen') !== undefined);
    await known('unseen');
    await forgotten('seen');
    assert.ok(proxy.taken() > taken);
    assert.ok(ends.includes('configmaps silent'));
  });

  it('lists again where etcd no longer has the history, and forgets what was deleted meanwhile', async () => {
    await start({ silenceMs: 4000 });
    await create('deleted-meanwhile');
    await create('stays');
    await known('stays');
    proxy.freeze();
    await remove('deleted-meanwhile');
    const { metadata } = await create('made-meanwhile');
    await cluster.restartApiServer(async () => {
      await compact(cluster, Number(metadata?.resourceVersion));
    });
    await known('made-meanwhile');
    await forgotten('deleted-meanwhile');
    assert.ok(find('stays') !== undefined);
    assert.equal(await isGone(1), true);
    assert.equal(ends.filter((end) => end === 'configmaps listed').length, 2);
  });

  it('follows a kind that is defined later, and lets go of one that is taken away', async () => {
    await start({ resources: ['configmaps', 'widgets.example.com'] });
    assert.equal(cache.find(widgets), undefined);
    await cluster.mustKubectl('root', ['apply', '-f', '-'], { input: [WIDGETS, ...WIDGETS_GRANT] });
    await waitFor('widgets are followed', () => isSynced(widgets));
    await cluster.mustKubectl('root', ['delete', 'crd', 'widgets.example.com']);
    await waitFor('widgets are let go', () => cache.find(widgets) === undefined);
  });

  it('is told that it may not follow, and follows as soon as it may', async () => {
    await start({ resources: ['configmaps', 'endpoints'] });
    const endpoints = { group: '', resource: 'endpoints' };
    await waitFor(
      'endpoints are forbidden',
      () => cache.find(endpoints)?.reflector.state() === 'forbidden',
    );
    await cluster.mustKubectl('root', ['apply', '-f', '-'], { input: ENDPOINTS_GRANT });
    await waitFor('endpoints are followed', () => isSynced(endpoints));
  });
});

const TOKEN = '-n holdfast-system create token holdfast'.split(' ');
const RBAC = 'rbac.authorization.k8s.io';

const WIDGETS = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', singular: 'widget', plural: 'widgets' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
    ],
  },
};

function grant(name: string, group: string): readonly object[] {
  const metadata = { name: `test-${name}` };
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata,
      rules: [{ apiGroups: [group], resources: [name], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: 'holdfast', namespace: 'holdfast-system' }],
    },
  ];
}

const WIDGETS_GRANT = grant('widgets', 'example.com');
const ENDPOINTS_GRANT = grant('endpoints', '');

/** etcd forgets everything before a revision. Source: etcd API reference, rpc Compact, by its HTTP gateway. */
async function compact(cluster: StartedCluster, revision: number): Promise<void> {
  const answer = await fetch(`${cluster.etcdUrl}/v3/kv/compaction`, {
    method: 'POST',
    body: JSON.stringify({ revision: String(revision), physical: true }),
  });
  assert.equal(answer.status, 200, await answer.text());
}
