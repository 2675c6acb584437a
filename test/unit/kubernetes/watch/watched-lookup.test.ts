import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { createNoLookup } from '../../../../src/kubernetes/lookup/lookup.ts';
import type { ClusterLookup } from '../../../../src/kubernetes/lookup/lookup.ts';
import type { RemoteApplications } from '../../../../src/kubernetes/lookup/remote-applications.ts';
import { formatResource } from '../../../../src/kubernetes/object-reference.ts';
import { AbsenceClock } from '../../../../src/kubernetes/watch/absence-clock.ts';
import { ClaimIndex } from '../../../../src/kubernetes/watch/claim-index.ts';
import { EntryQuota, ObjectTable } from '../../../../src/kubernetes/watch/object-table.ts';
import type { CachedObject } from '../../../../src/kubernetes/watch/reduce-metadata.ts';
import type { ReflectorState } from '../../../../src/kubernetes/watch/reflector.ts';
import type { WatchedResource, WatchCache } from '../../../../src/kubernetes/watch/watch-cache.ts';
import { createWatchedLookup } from '../../../../src/kubernetes/watch/watched-lookup.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const DEADLINE = monotonicMs(0);
const deployments = { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment' };
const hpas = {
  group: 'autoscaling',
  version: 'v2',
  resource: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
};
const applications = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  resource: 'applications',
  kind: 'Application',
};
const checkout = { ...deployments, kind: '', namespace: 'shop', name: 'checkout' };
const metadata = (name: string, app?: string): CachedObject => ({
  name,
  namespace: 'shop',
  resourceVersion: '1',
  ...(app !== undefined && { annotations: { app } }),
});
const LIVE = { status: 'unavailable', code: 'lookup_not_configured' } as const;

describe('createWatchedLookup', () => {
  let nowMs = 0;
  let state: ReflectorState = 'synced';
  let provenAtMs = 0;
  let heardAtMs = 0;
  let answered = 0;
  let closed = false;
  let isOutdated = false;
  let watched: Map<string, WatchedResource>;
  let lookup: ClusterLookup;
  let hub: Pick<RemoteApplications, 'goneForMs' | 'findClaims'> | undefined;

  // A cache is a port; the real one has its own test against a TLS server.
  const cache: WatchCache = {
    find: (reference) => watched.get(formatResource(reference)),
    watched: () => [...watched.values()],
    isAbsent: ({ group }) => group.endsWith('fluxcd.io'),
    relist: () => Promise.resolve(),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
  const follow = (kind: typeof deployments, ...objects: readonly CachedObject[]): void => {
    const claims = new ClaimIndex();
    const table = new ObjectTable<CachedObject>({
      quota: new EntryQuota(10_000),
      reduce: ({ metadata: kept }) => kept ?? undefined,
      onAdded: claims.add,
    });
    const absence = new AbsenceClock({
      clock: clockOf(() => 9000),
      silenceMs: 5000,
      heardAtMs: () => heardAtMs,
    });
    absence.beginList();
    for (const object of objects) {
      table.put({ metadata: object });
      absence.put({ metadata: object });
    }
    absence.endList();
    watched.set(formatResource(kind), {
      served: { ...kind, namespaced: true },
      objects: table,
      claims,
      absence,
      reflector: {
        state: () => state,
        provenAtMs: () => provenAtMs,
        heardAtMs: () => heardAtMs,
        version: () => '1',
        close: () => Promise.resolve(),
      },
    });
  };
  beforeEach(() => {
    nowMs = 10_000;
    provenAtMs = 9000;
    heardAtMs = 9500;
    state = 'synced';
    answered = 0;
    isOutdated = false;
    watched = new Map();
    hub = undefined;
    lookup = open();
  });
  const open = (): ClusterLookup =>
    createWatchedLookup({
      applications: hub,
      live: createNoLookup(),
      cache,
      clock: clockOf(() => nowMs),
      isManaged: (object) => {
        const app = object.metadata?.annotations?.['app'];
        return app === undefined ? undefined : { app };
      },
      silenceMs: 5000,
      lookupCacheMs: 2000,
      argocdSettings: () => undefined,
      beforeAnswer: () => {
        if (isOutdated) watched.clear();
      },
      onAnswered: () => {
        answered += 1;
      },
    });
  const statusOf = async () => (await lookup.lookupMetadata(checkout, DEADLINE)).status;

  it('answers for a managed object, with the kind that was not asked for', async () => {
    follow(deployments, metadata('checkout', 'shop'));
    assert.deepEqual(await lookup.lookupMetadata(checkout, DEADLINE), {
      status: 'found',
      object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata('checkout', 'shop') },
    });
    assert.equal(answered, 1);
    nowMs = 14_500;
    assert.equal(await statusOf(), 'found');
  });

  it('says "not managed" only where that was proven just now', async () => {
    follow(deployments, metadata('checkout'));
    nowMs = 11_000;
    assert.equal(await statusOf(), 'found');
    nowMs = 11_001;
    assert.equal(await statusOf(), LIVE.status);
    assert.equal(answered, 1);
  });

  it('asks the API server for what it does not know, does not follow, or has not heard of', async () => {
    assert.equal(await statusOf(), LIVE.status);
    follow(deployments);
    assert.equal(await statusOf(), LIVE.status);
    follow(deployments, metadata('checkout', 'shop'));
    nowMs = 14_501;
    assert.equal(await statusOf(), LIVE.status);
    nowMs = 10_000;
    for (const other of ['listing', 'absent', 'forbidden', 'overflowed'] as const) {
      state = other;
      assert.equal(await statusOf(), LIVE.status);
    }
    assert.equal(answered, 0);
  });

  it('answers nothing by what was kept before it had to be kept otherwise', async () => {
    follow(deployments, metadata('checkout', 'shop'));
    isOutdated = true;
    assert.equal(await statusOf(), LIVE.status);
  });

  it('finds cluster-scoped objects', async () => {
    const namespaces = { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace' };
    follow(namespaces, { name: 'shop', annotations: { app: 'shop' } });
    const found = await lookup.lookupMetadata({ ...namespaces, name: 'shop' }, DEADLINE);
    assert.deepEqual(found, {
      status: 'found',
      object: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'shop', annotations: { app: 'shop' } },
      },
    });
  });

  it('names what a namespace would take with it, and leaves "nothing" to the API server', async () => {
    follow(deployments, metadata('checkout', 'shop'), metadata('free'));
    follow(applications);
    const managed = { ...deployments, namespace: 'shop', name: 'checkout', app: 'shop' };
    const found = { status: 'found', objects: [managed] };
    assert.deepEqual(await lookup.findManagedInNamespace('shop', DEADLINE), found);
    assert.equal((await lookup.findManagedInNamespace('empty', DEADLINE)).status, LIVE.status);
    state = 'overflowed';
    assert.equal((await lookup.findManagedInNamespace('shop', DEADLINE)).status, LIVE.status);
  });

  it('knows since when an application is gone', () => {
    follow(applications, { name: 'bank', namespace: 'argocd', resourceVersion: '1' });
    const of = (name: string, namespace = 'argocd') =>
      lookup.leftBehind({ ...applications, namespace, name }, checkout);
    assert.deepEqual(of('shop'), { goneForMs: 1000 });
    assert.equal(of('bank'), undefined);
    // The namespace may be one that the configuration has wrong.
    assert.equal(of('bank', 'team-a'), undefined);
    nowMs = 14_501;
    assert.equal(of('shop'), undefined);
  });

  it('says nothing of the absence of what it does not follow', () => {
    const shop = { ...applications, namespace: 'argocd', name: 'shop' };
    assert.equal(lookup.leftBehind(shop, checkout), undefined);
    follow(applications);
    state = 'absent';
    assert.equal(lookup.leftBehind(shop, checkout), undefined);
  });

  it('names the application that lists what another left behind', () => {
    follow(applications, {
      name: 'bank',
      namespace: 'argocd',
      resourceVersion: '1',
      claimed: [{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'checkout' }],
    });
    assert.deepEqual(
      lookup.leftBehind({ ...applications, namespace: 'argocd', name: 'shop' }, checkout),
      { goneForMs: 1000, listedBy: 'argocd/bank' },
    );
  });

  it('asks the hub for its Applications, and believes none of this cluster', () => {
    const shop = { ...applications, namespace: 'argocd', name: 'shop' };
    const bank = { tool: 'argocd', kind: 'Application', namespace: 'argocd', app: 'bank' } as const;
    follow(applications);
    // It would be gone by what is followed here.
    assert.deepEqual(lookup.leftBehind(shop, checkout), { goneForMs: 1000 });
    hub = { goneForMs: () => undefined, findClaims: () => ({ status: 'found', claims: [] }) };
    assert.equal(open().leftBehind(shop, checkout), undefined);
    hub = { goneForMs: () => 77, findClaims: () => ({ status: 'found', claims: [bank] }) };
    assert.deepEqual(open().leftBehind(shop, checkout), {
      goneForMs: 77,
      listedBy: 'argocd/bank',
    });
    const away = { status: 'unavailable', code: 'hub_unavailable', reason: '' } as const;
    hub = { goneForMs: () => 77, findClaims: () => away };
    assert.equal(open().leftBehind(shop, checkout), undefined);
  });

  it('names no more than a message can', async () => {
    const objects = Array.from({ length: 50 }, (_, index) => metadata(`n${String(index)}`, 'shop'));
    follow(deployments, ...objects);
    const found = await lookup.findManagedInNamespace('shop', DEADLINE);
    assert.equal(found.status === 'found' && found.objects.length, 20);
  });

  it('does not examine a crowd while others wait', async () => {
    const crowd = Array.from({ length: 5000 }, (_, index) => metadata(`n${String(index)}`));
    follow(deployments, ...crowd, metadata('checkout', 'shop'));
    assert.equal((await lookup.findManagedInNamespace('shop', DEADLINE)).status, LIVE.status);
  });

  it('knows autoscalers, and leaves "none" to the API server', async () => {
    const target = { group: 'apps', kind: 'Deployment', name: 'checkout' };
    const bounds = { replicasMin: 1, replicasMax: 5 };
    const scaler = { tool: 'hpa', name: 'web', target, ...bounds } as const;
    follow(hpas, { ...metadata('web', 'shop'), scaler }, metadata('odd'));
    assert.deepEqual(await lookup.findScalers(checkout, DEADLINE), {
      status: 'found',
      scalers: [{ tool: 'hpa', name: 'web', ...bounds, managed: true }],
    });
    const other = { ...checkout, name: 'other' };
    assert.equal((await lookup.findScalers(other, DEADLINE)).status, LIVE.status);
    const { namespace: _, ...global } = checkout;
    assert.equal((await lookup.findScalers(global, DEADLINE)).status, LIVE.status);
    state = 'forbidden';
    assert.equal((await lookup.findScalers(checkout, DEADLINE)).status, LIVE.status);
  });

  it('knows who claims an object; "nobody" only where every kind was heard of or is absent', async () => {
    assert.equal((await lookup.findClaims(checkout, DEADLINE)).status, LIVE.status);
    const claimed = [{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'checkout' }];
    follow(applications, { ...metadata('all'), namespace: 'argocd', claimed });
    const claim = { tool: 'argocd', kind: 'Application', namespace: 'argocd', app: 'all' };
    assert.deepEqual(await lookup.findClaims(checkout, DEADLINE), {
      status: 'found',
      claims: [claim],
    });
    const other = { ...checkout, name: 'other' };
    assert.deepEqual(await lookup.findClaims(other, DEADLINE), {
      status: 'found',
      claims: [],
    });
    provenAtMs = 4999;
    assert.equal((await lookup.findClaims(other, DEADLINE)).status, LIVE.status);
    assert.equal((await lookup.findClaims(checkout, DEADLINE)).status, 'found');
    state = 'listing';
    assert.equal((await lookup.findClaims(checkout, DEADLINE)).status, LIVE.status);
  });

  it('says what is looked up live although it should be followed', () => {
    assert.equal(lookup.problem(), 'nothing is watched yet, every lookup is live');
    follow(deployments);
    assert.equal(lookup.problem(), undefined);
    nowMs = 20_000;
    const stale = '1 of 1 resources are looked up live: deployments.apps (stale)';
    assert.equal(lookup.problem(), stale);
    state = 'forbidden';
    for (const resource of ['a', 'b', 'c', 'd', 'e']) follow({ ...deployments, resource });
    const named = ['deployments', 'a', 'b', 'c', 'd'].map((name) => `${name}.apps (forbidden)`);
    const all = `6 of 6 resources are looked up live: ${named.join(', ')} and others`;
    assert.equal(lookup.problem(), all);
  });

  it('leaves the rest to the API server, and ends with it', async () => {
    follow(deployments, metadata('checkout', 'shop'));
    assert.equal((await lookup.lookupObject(checkout, DEADLINE)).status, LIVE.status);
    assert.equal((await lookup.lookupFresh(checkout, DEADLINE)).status, LIVE.status);
    assert.equal((await lookup.findApplication('argocd', 'shop', DEADLINE)).status, LIVE.status);
    assert.equal(lookup.argocdSettings(), undefined);
    lookup.close();
    assert.equal(closed, true);
  });

  describe('findSelecting', () => {
    const kind = (group: string, resource: string, name: string) => ({
      group,
      version: 'v1',
      resource,
      kind: name,
    });
    const selecting = (name: string, matchLabels: object): CachedObject => ({
      ...metadata(name),
      selector: { matchLabels },
    });
    const followAll = (...objects: readonly CachedObject[]): void => {
      follow(deployments, ...objects);
      follow(kind('apps', 'statefulsets', 'StatefulSet'));
      follow(kind('apps', 'daemonsets', 'DaemonSet'));
      follow(kind('', 'replicationcontrollers', 'ReplicationController'));
    };
    const find = async (labels: Readonly<Record<string, string>>) => {
      const answer = await lookup.findSelecting('shop', labels, DEADLINE);
      return answer.status === 'found'
        ? answer.workloads.map(({ reference }) => reference.name)
        : answer.code;
    };

    it('answers with what selects by these labels, and with nothing', async () => {
      followAll(selecting('web', { app: 'web' }), selecting('api', { app: 'api' }));

      assert.deepEqual(await find({ app: 'web' }), ['web']);
      assert.deepEqual(await find({ app: 'other' }), []);
      assert.equal(answered, 2);
    });

    it('takes a selector that was too large to keep for one that matches', async () => {
      followAll({ ...metadata('huge'), selector: 'too large' }, metadata('none'));

      assert.deepEqual(await find({ app: 'web' }), ['huge']);
    });

    it('asks live where a kind is not followed, or not heard of', async () => {
      followAll(selecting('web', { app: 'web' }));
      assert.equal(await find({ 'controller-uid': '1' }), LIVE.code);
      follow(kind('batch', 'jobs', 'Job'), { ...metadata('job'), uid: '1' });
      assert.deepEqual(await find({ 'controller-uid': '1' }), ['job']);
      nowMs = 20_000;
      assert.equal(await find({ app: 'web' }), LIVE.code);
    });

    it('answers for an owner with its selector', async () => {
      followAll({ ...selecting('checkout', { app: 'web' }), annotations: { app: 'shop' } });
      const answer = await lookup.lookupMetadata(checkout, DEADLINE);

      assert.deepEqual(answer.status === 'found' && answer.object['spec'], {
        selector: { matchLabels: { app: 'web' } },
      });
    });
  });
});
