import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import type { ConnectedCluster } from '../../../../src/kubernetes/client/cluster-client.ts';
import { startWatchCache } from '../../../../src/kubernetes/watch/watch-cache.ts';
import type { KubernetesSettings } from '../../../../src/kubernetes/settings.ts';
import type { WatchCache } from '../../../../src/kubernetes/watch/watch-cache.ts';
import { startFakeApiServer } from '../../../support/fake-api-server.ts';
import type { FakeApiServer } from '../../../support/fake-api-server.ts';
import { connectToFake } from '../../../support/fake-client.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const APPLICATIONS = '/apis/argoproj.io/v1alpha1/applications';
const HPAS = '/apis/autoscaling/v2/horizontalpodautoscalers';
const applications = { group: 'argoproj.io', resource: 'applications' };
const widgets = { group: 'example.com', resource: 'widgets' };

const list = (...items: readonly object[]) => ({
  body: { metadata: { resourceVersion: '10' }, items },
});
const named = (name: string, namespace = 'shop') => ({ name, namespace, resourceVersion: '5' });

function discovery(
  groups: Readonly<Record<string, readonly (readonly [string, string, string])[]>>,
) {
  const items = Object.entries(groups).map(([name, resources]) => ({
    metadata: { name },
    versions: resources.map(([version, resource, kind]) => ({
      version,
      resources: [
        { resource, responseKind: { kind }, scope: 'Namespaced', verbs: ['list', 'watch'] },
      ],
    })),
  }));
  return { body: { items } };
}

describe('startWatchCache', () => {
  let server: FakeApiServer;
  let client: ConnectedCluster;
  let cache: WatchCache;
  let told: string[] = [];
  let ends: string[] = [];
  // Each test has a namespace of its own, so that none takes up a watch that another has left.
  let argocdNamespace = '';
  let settings = '';
  let tests = 0;
  before(async () => {
    server = await startFakeApiServer();
  });
  after(async () => {
    await server.stop();
  });
  beforeEach(async () => {
    told = [];
    ends = [];
    tests += 1;
    argocdNamespace = `argocd-${String(tests)}`;
    settings = `/api/v1/namespaces/${argocdNamespace}/configmaps`;
    server.answer(settings, list());
    client = await connectToFake(server);
  });
  afterEach(async () => {
    await cache.close();
    client.close();
  });

  function start(limits: Partial<KubernetesSettings['watch']> = {}): void {
    cache = startWatchCache({
      client,
      clock: systemClock,
      random: () => 0,
      limits: {
        resources: ['pods', 'applications.argoproj.io', 'horizontalpodautoscalers.autoscaling'],
        resourcesMax: 10,
        entriesMax: 100,
        silenceMs: 60_000,
        resyncMs: 3_600_000,
        ...limits,
      },
      keeps: (key) => key === 'mark',
      argocdNamespace,
      observer: {
        ended: (resource, reason) => ends.push(`${resource} ${reason}`),
        discoveryFailed: (reason) => told.push(reason),
        leftOut: (resources) => told.push(`left out: ${resources.join(' ')}`),
        settings: ({ trackingMethod }) => told.push(trackingMethod),
      },
      scaleWait: () => 20,
    });
  }
  const serve = (groups: Parameters<typeof discovery>[0] = {}) => {
    server.answer('/api', discovery({ '': [['v1', 'pods', 'Pod']] }));
    server.answer(
      '/apis',
      discovery({
        'argoproj.io': [['v1alpha1', 'applications', 'Application']],
        autoscaling: [['v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler']],
        ...groups,
      }),
    );
    server.answer(
      '/api/v1/pods',
      list({ metadata: { ...named('web'), labels: { mark: 'm', x: 'y' } } }),
    );
    server.answer(APPLICATIONS, list());
    server.answer(HPAS, list());
  };
  const synced = (reference: { group: string; resource: string }) =>
    cache.find(reference)?.reflector.state() === 'synced';
  const pods = { group: '', resource: 'pods' };

  it('follows what is configured and served, reduced to metadata', async () => {
    serve();
    start();
    await waitUntil(() => synced(pods) && synced(applications));
    assert.deepEqual(cache.find(pods)?.objects.get('shop', 'web'), {
      uid: undefined,
      ...named('web'),
      labels: { mark: 'm' },
    });
    assert.equal(cache.watched().length, 3);
    assert.equal(cache.isAbsent(pods), false);
    assert.equal(cache.isAbsent(widgets), true);
    const limits = new Set(server.requests.filter((path) => path.includes('?limit=')));
    assert.ok(limits.has('/api/v1/pods?limit=500'));
    assert.ok(limits.has(`${APPLICATIONS}?limit=50`));
  });

  it('keeps what autoscalers and GitOps objects say of others', async () => {
    serve();
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
    server.answer(HPAS, list({ metadata: named('web'), spec: { scaleTargetRef, maxReplicas: 3 } }));
    const resources = [{ kind: 'Service', namespace: 'shop', name: 'web' }];
    const spec = { destination: { name: 'in-cluster' } };
    server.answer(APPLICATIONS, list({ metadata: named('all'), spec, status: { resources } }));
    start();
    const hpas = { group: 'autoscaling', resource: 'horizontalpodautoscalers' };
    await waitUntil(() => synced(hpas) && synced(applications));
    assert.equal(cache.find(hpas)?.objects.get('shop', 'web')?.scaler?.replicasMax, 3);
    const service = { group: '', version: 'v1', resource: 'services', kind: 'Service' };
    const claimants = cache.find(applications)?.claims.find({ ...service, ...named('web') });
    assert.equal(claimants?.[0]?.name, 'all');
  });

  it('knows since when an application is absent, and nothing of other kinds', async () => {
    serve();
    server.answer(APPLICATIONS, list({ metadata: named('shop', 'argocd') }));
    const beforeMs = systemClock.monotonicMs();
    start();
    await waitUntil(() => synced(pods) && synced(applications));
    const absence = cache.find(applications)?.absence;

    assert.equal(absence?.absentSinceMs('argocd', 'shop'), undefined);
    const sinceMs = absence?.absentSinceMs('argocd', 'bank') ?? 0;
    assert.ok(sinceMs >= beforeMs && sinceMs <= systemClock.monotonicMs());
    assert.equal(cache.find(pods)?.absence.absentSinceMs('shop', 'gone'), undefined);
  });

  it('follows what applications say they have applied, and a kind that appears later', async () => {
    serve();
    const resources = [
      { group: 'example.com', kind: 'Widget', name: 'w' },
      { kind: 'Secret', name: 's' },
    ];
    const spec = { destination: { name: 'in-cluster' } };
    server.answer(APPLICATIONS, list({ metadata: named('all'), spec, status: { resources } }));
    server.answer('/apis/example.com/v2/widgets', list());
    start();
    await waitUntil(() => synced(applications));
    assert.equal(cache.find(widgets), undefined);
    serve({ 'example.com': [['v2', 'widgets', 'Widget']] });
    await waitUntil(() => synced(widgets));
    server.answer('/apis/example.com/v3/widgets', list());
    serve({ 'example.com': [['v3', 'widgets', 'Widget']] });
    await waitUntil(() => cache.find(widgets)?.served.version === 'v3' && synced(widgets));
    serve();
    await waitUntil(() => cache.find(widgets) === undefined);
    assert.equal(cache.find({ group: '', resource: 'secrets' }), undefined);
  });

  it('follows no more than it may, and says what it leaves out', async () => {
    serve();
    start({ resourcesMax: 1 });
    await waitUntil(() => synced(pods));
    const left = 'left out: applications.argoproj.io horizontalpodautoscalers.autoscaling';
    await waitUntil(() => told.includes(left));
    assert.equal(cache.watched().length, 1);
    assert.equal(told.filter((line) => line === left).length, 1);
  });

  it('starts without the cluster, and goes on when it is there', async () => {
    server.answer('/api', { status: 503, text: 'starting' });
    start();
    const failed = 'The API server answered 503 to GET /api: starting';
    await waitUntil(() => told.includes(failed));
    assert.equal(cache.isAbsent(pods), false);
    server.answer('/api', { text: '{"kind":"APIVersions"}' });
    await waitUntil(() => told.includes('GET /api lists no resources'));
    serve();
    await waitUntil(() => synced(pods));
  });

  it('gives up the resource that has no room, and not the others', async () => {
    serve();
    server.answer('/api/v1/pods', list({ metadata: named('a') }, { metadata: named('b') }));
    start({ entriesMax: 1 });
    await waitUntil(() => synced(applications) && ends.includes('pods overflowed'));
    assert.equal(cache.find(pods)?.reflector.state(), 'overflowed');
  });

  it('tells how Argo CD marks what it owns, and each change of it', async () => {
    serve();
    start();
    await waitUntil(() => told.includes('annotation'));
    const watch = await server.nextWatch(settings);
    assert.equal(watch.query.get('fieldSelector'), 'metadata.name=argocd-cm');
    const data = { 'application.resourceTrackingMethod': 'label' };
    watch.send('ADDED', { metadata: { name: 'argocd-cm', resourceVersion: '12' }, data });
    await waitUntil(() => told.includes('label'));
  });

  it('reads everything again when told to', async () => {
    serve();
    // Room for one object: the old one must have given its own back.
    start({ entriesMax: 1 });
    await waitUntil(() => synced(pods));
    server.answer('/api/v1/pods', list({ metadata: named('other') }));
    await cache.relist();
    await waitUntil(() => cache.find(pods)?.objects.get('shop', 'other') !== undefined);
    assert.equal(cache.find(pods)?.objects.get('shop', 'web'), undefined);
  });
});
