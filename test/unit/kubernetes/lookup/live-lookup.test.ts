import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { clockOf } from '../../../support/simulated-time.ts';
import type {
  ApiReading,
  ClusterClient,
} from '../../../../src/kubernetes/client/cluster-client.ts';
import { createLiveLookup } from '../../../../src/kubernetes/lookup/live-lookup.ts';
import type { LiveLookupOptions } from '../../../../src/kubernetes/lookup/live-lookup.ts';

const DEADLINE = monotonicMs(9000);
const reference = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: '',
  namespace: 'shop',
  name: 'checkout',
};
const PATH = '/apis/apps/v1/namespaces/shop/deployments/checkout';
const object = { kind: 'Deployment', metadata: { name: 'checkout' } };
const FOUND: ApiReading = { status: 'read', body: object };
const LATE = {
  status: 'unavailable',
  code: 'lookup_timed_out',
  reason: `GET ${PATH} had no answer before its deadline`,
};

describe('createLiveLookup', () => {
  let nowMs = 1000;
  let reads: string[] = [];
  let answer: () => Promise<ApiReading> = () => Promise.resolve(FOUND);
  beforeEach(() => {
    nowMs = 1000;
    reads = [];
    answer = () => Promise.resolve(FOUND);
  });

  // The client is a port; its real implementation has its own test against a TLS server.
  const client: ClusterClient = {
    server: 'https://api.test',
    read: (path, { deadlineAtMs }) => {
      reads.push(`${path} until ${String(deadlineAtMs)}`);
      return answer();
    },
    watch: () => Promise.resolve({ status: 'closed' }),
    close: () => reads.push('closed'),
  };
  const make = (overrides: Partial<LiveLookupOptions> = {}) =>
    createLiveLookup({
      client,
      clock: clockOf(() => nowMs),
      lookupTimeoutMs: 100,
      lookupCacheMs: 50,
      lookupCacheEntriesMax: 10,
      concurrentLookupsMax: 1,
      searchedKinds: [{ group: '', version: 'v1', resource: 'services', kind: 'Service' }],
      isManaged: () => ({ app: 'checkout' }),
      ...overrides,
    });

  it('reads an object once while its answer is young, and again afterwards', async () => {
    const lookup = make();
    assert.deepEqual(await lookup.lookupObject(reference, DEADLINE), {
      status: 'found',
      object,
    });
    assert.deepEqual(await lookup.lookupObject(reference, DEADLINE), {
      status: 'found',
      object,
    });
    nowMs = 1050;
    await lookup.lookupObject(reference, DEADLINE);
    assert.deepEqual(reads, [`${PATH} until 1100`, `${PATH} until 1150`]);
  });

  it('reads once for all who ask at the same time', async () => {
    const lookup = make();
    const ask = () => lookup.lookupObject(reference, DEADLINE);
    const answers = await Promise.all([ask(), ask(), ask()]);
    assert.deepEqual(answers[2], { status: 'found', object });
    assert.equal(reads.length, 1);
  });

  it('keeps neither absence nor failure', async () => {
    const lookup = make();
    answer = () => Promise.resolve({ status: 'absent' });
    assert.deepEqual(await lookup.lookupObject(reference, DEADLINE), { status: 'absent' });
    answer = () => Promise.resolve({ status: 'read', body: [] });
    assert.deepEqual(await lookup.lookupObject(reference, DEADLINE), {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: `The answer to GET ${PATH} is no Kubernetes object`,
    });
    answer = () => Promise.resolve(FOUND);
    assert.deepEqual(await lookup.lookupObject(reference, DEADLINE), {
      status: 'found',
      object,
    });
  });

  it('reads what someone may have changed just now every time', async () => {
    const lookup = make();
    await lookup.lookupObject(reference, DEADLINE);
    await lookup.lookupFresh(reference, DEADLINE);
    await lookup.lookupFresh(reference, monotonicMs(1020));
    await lookup.findApplication('argocd', 'checkout', DEADLINE);
    assert.deepEqual(reads, [
      `${PATH} until 1100`,
      `${PATH} until 1100`,
      `${PATH} until 1020`,
      '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/checkout until 1100',
    ]);
  });

  it('lets one caller go at its deadline while the others still wait', async () => {
    const { promise, resolve } = Promise.withResolvers<ApiReading>();
    answer = () => promise;
    const lookup = make();
    const patient = lookup.lookupObject(reference, monotonicMs(60_000));
    assert.deepEqual(await lookup.lookupObject(reference, monotonicMs(1005)), LATE);
    assert.deepEqual(await lookup.lookupObject(reference, monotonicMs(1000)), LATE);
    resolve(FOUND);
    assert.deepEqual(await patient, { status: 'found', object });
  });

  it('sends no more than the allowed number at once, and turns away beyond the queue', async () => {
    const { promise, resolve } = Promise.withResolvers<ApiReading>();
    answer = () => promise;
    const lookup = make({ lookupTimeoutMs: 60_000 });
    const named = (index: number) => ({ ...reference, name: `n${String(index)}` });
    const waiting = Array.from({ length: 17 }, (_, index) =>
      lookup.lookupFresh(named(index), monotonicMs(90_000)),
    );
    assert.deepEqual(await lookup.lookupFresh(reference, monotonicMs(90_000)), {
      status: 'unavailable',
      code: 'lookup_overloaded',
      reason: `GET ${PATH} was not sent: too many look-ups wait already`,
    });
    assert.equal(reads.length, 1);
    resolve(FOUND);
    await Promise.all(waiting);
    assert.equal(reads.length, 17);
  });

  it('gives up its place in the queue at the deadline', async () => {
    const { promise, resolve } = Promise.withResolvers<ApiReading>();
    answer = () => promise;
    const lookup = make();
    const first = lookup.lookupFresh({ ...reference, name: 'first' }, DEADLINE);
    assert.deepEqual(await lookup.lookupFresh(reference, monotonicMs(1005)), LATE);
    resolve(FOUND);
    await first;
  });

  it('refuses a name that would name another object', async () => {
    const lookup = make();
    const refused = {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: 'There is no path to deployments "shop/.."',
    };
    assert.deepEqual(await lookup.lookupObject({ ...reference, name: '..' }, DEADLINE), refused);
    assert.deepEqual(await lookup.lookupFresh({ ...reference, name: '..' }, DEADLINE), refused);
    const { namespace: _, ...global } = { ...reference, name: '' };
    const answered = await lookup.lookupObject(global, DEADLINE);
    assert.equal(answered.status, 'unavailable');
    assert.deepEqual(reads, []);
  });

  it('asks now what GitOps objects list in a namespace', async () => {
    const lookup = make({ concurrentLookupsMax: 8 });
    answer = () => Promise.resolve({ status: 'absent' });
    assert.deepEqual(await lookup.findClaimed({ namespace: 'shop' }, DEADLINE), {
      status: 'found',
      objects: [],
    });
    assert.deepEqual(reads, [
      '/apis/argoproj.io/v1alpha1/applications?limit=50 until 1100',
      '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations?limit=50 until 1100',
      '/apis/helm.toolkit.fluxcd.io/v2/helmreleases?limit=50 until 1100',
    ]);
  });

  it('asks for autoscalers and claims now, each time', async () => {
    const lookup = make({ concurrentLookupsMax: 8 });
    answer = () => Promise.resolve({ status: 'absent' });
    assert.deepEqual(await lookup.findScalers(reference, DEADLINE), {
      status: 'found',
      scalers: [],
    });
    assert.deepEqual(await lookup.findClaims(reference, DEADLINE), {
      status: 'found',
      claims: [],
    });
    assert.deepEqual(reads, [
      '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers?limit=250 until 1100',
      '/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects?limit=250 until 1100',
      '/apis/argoproj.io/v1alpha1/applications?limit=50 until 1100',
      '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations?limit=50 until 1100',
      '/apis/helm.toolkit.fluxcd.io/v2/helmreleases?limit=50 until 1100',
    ]);
  });

  it('lists what is managed, and tells of each read', async () => {
    const told: string[] = [];
    answer = () => {
      nowMs += 7;
      return Promise.resolve({ status: 'read', body: { items: [{ metadata: { name: 'web' } }] } });
    };
    const onLookup = (status: string, durationMs: number) =>
      told.push(`${status} ${String(durationMs)}`);
    const lookup = make({ onLookup });
    assert.deepEqual(await lookup.findManagedInNamespace('shop', DEADLINE), {
      status: 'found',
      objects: [
        {
          group: '',
          version: 'v1',
          resource: 'services',
          kind: 'Service',
          namespace: 'shop',
          name: 'web',
          app: 'checkout',
        },
      ],
    });
    assert.deepEqual(told, ['read 7']);
    lookup.close();
    assert.equal(reads.at(-1), 'closed');
  });
});
