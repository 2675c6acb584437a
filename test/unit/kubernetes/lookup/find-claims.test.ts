import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import { findClaims } from '../../../../src/kubernetes/lookup/find-claims.ts';

const web = {
  group: '',
  version: 'v1',
  resource: 'services',
  kind: 'Service',
  namespace: 'shop',
  name: 'web',
};
const kustomization = (name: string, id: string) => ({
  metadata: { name, namespace: 'flux-system' },
  spec: {},
  status: { inventory: { entries: [{ id }] } },
});
const KUSTOMIZATIONS = '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations?limit=50';
const FORBIDDEN: ApiReading = { status: 'unavailable', code: 'lookup_forbidden', reason: 'no' };

const find = (kustomizations: ApiReading, others: ApiReading) =>
  findClaims(web, {
    read: (path) => Promise.resolve(path === KUSTOMIZATIONS ? kustomizations : others),
  });
const list = (...items: readonly object[]): ApiReading => ({ status: 'read', body: { items } });

describe('findClaims', () => {
  it('finds who lists the object, whatever else could not be read', async () => {
    const listed = list(
      kustomization('other', 'shop_other__Service'),
      {},
      kustomization('apps', 'shop_web__Service'),
    );
    assert.deepEqual(await find(listed, FORBIDDEN), {
      status: 'found',
      claims: [{ tool: 'flux', kind: 'Kustomization', namespace: 'flux-system', app: 'apps' }],
    });
  });

  it('says "none" only where every kind that is served was read', async () => {
    assert.deepEqual(await find(list(), { status: 'absent' }), { status: 'found', claims: [] });
    assert.deepEqual(await find(list(), FORBIDDEN), FORBIDDEN);
  });
});
