import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import { findClaimed } from '../../../../src/kubernetes/lookup/find-claimed.ts';
import type { ClaimedScope } from '../../../../src/kubernetes/lookup/lookup.ts';

const kustomization = (name: string, ...ids: readonly string[]) => ({
  metadata: { name, namespace: 'flux-system' },
  spec: {},
  status: { inventory: { entries: ids.map((id) => ({ id })) } },
});
const application = (...resources: readonly object[]) => ({
  metadata: { name: 'checkout', namespace: 'argocd' },
  spec: { destination: { server: 'https://kubernetes.default.svc' } },
  status: { resources },
});
const SERVICE = { group: '', version: 'v1', resource: 'services', kind: 'Service' };
const FORBIDDEN: ApiReading = { status: 'unavailable', code: 'lookup_forbidden', reason: 'no' };
const ABSENT: ApiReading = { status: 'absent' };
const list = (...items: readonly object[]): ApiReading => ({ status: 'read', body: { items } });

interface Lists {
  readonly applications?: ApiReading;
  readonly kustomizations?: ApiReading;
}

const find = (scope: ClaimedScope, { applications = ABSENT, kustomizations = ABSENT }: Lists) =>
  findClaimed(scope, {
    searchedKinds: [SERVICE],
    read: (path) => {
      if (path.includes('/applications')) return Promise.resolve(applications);
      return Promise.resolve(path.includes('/kustomizations') ? kustomizations : ABSENT);
    },
  });

const secret = {
  group: '',
  version: '',
  kind: 'Secret',
  resource: 'secrets',
  namespace: 'shop',
  name: 'keys',
};

describe('findClaimed', () => {
  it('finds what is listed in a namespace, but for the kinds that are searched by themselves', async () => {
    const kustomizations = list(
      kustomization('infra', 'other_keys__Secret', '_shop__Namespace'),
      kustomization('apps', 'shop_web__Service', 'shop_keys__Secret'),
    );
    assert.deepEqual(await find({ namespace: 'shop' }, { kustomizations }), {
      status: 'found',
      objects: [{ ...secret, app: 'apps' }],
    });
  });

  it('leaves out what lies in no namespace, although Argo CD writes one beside it', async () => {
    const applications = list(
      application(
        { kind: 'Namespace', namespace: 'shop', name: 'shop' },
        {
          group: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          namespace: 'shop',
          name: 'reader',
        },
        { kind: 'Secret', namespace: 'shop', name: 'keys' },
      ),
    );
    assert.deepEqual(await find({ namespace: 'shop' }, { applications }), {
      status: 'found',
      objects: [{ ...secret, app: 'checkout' }],
    });
  });

  it('finds what is listed of a kind, wherever it lies', async () => {
    const kustomizations = list(
      kustomization('apps', 'shop_b_example.com_Widget', '_a_example.com_Widget', 'shop_c__Widget'),
    );
    const widget = { group: 'example.com', version: '', kind: 'Widget', resource: 'widgets' };
    assert.deepEqual(await find({ group: 'example.com', kind: 'Widget' }, { kustomizations }), {
      status: 'found',
      objects: [
        { ...widget, name: 'a', app: 'apps' },
        { ...widget, namespace: 'shop', name: 'b', app: 'apps' },
      ],
    });
  });

  it('names some of very many', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `shop_${String(index)}__Secret`);
    const kustomizations = list(kustomization('apps', ...ids));
    const found = await find({ namespace: 'shop' }, { kustomizations });
    assert.equal(found.status === 'found' && found.objects.length, 20);
  });

  it('says "none" only where every kind that is served was read', async () => {
    const scope = { namespace: 'shop' };
    assert.deepEqual(await find(scope, {}), { status: 'found', objects: [] });
    assert.deepEqual(await find(scope, { applications: FORBIDDEN }), FORBIDDEN);
    const kustomizations = list(kustomization('apps', 'shop_keys__Secret'));
    const found = await find(scope, { applications: FORBIDDEN, kustomizations });
    assert.equal(found.status, 'found');
  });
});
