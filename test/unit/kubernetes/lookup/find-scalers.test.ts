import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import { findScalers } from '../../../../src/kubernetes/lookup/find-scalers.ts';

const checkout = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: '',
  namespace: 'shop',
  name: 'checkout',
};
const hpa = (name: string) => ({
  metadata: { name, namespace: 'shop', annotations: { app: 'checkout' } },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
    maxReplicas: 5,
  },
});
const HPAS = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers?limit=250';
const SCALED = '/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects?limit=250';
const FORBIDDEN: ApiReading = { status: 'unavailable', code: 'lookup_forbidden', reason: 'no' };
const ABSENT: ApiReading = { status: 'absent' };

function find(answers: Readonly<Record<string, ApiReading>>, reference: object = {}) {
  return findScalers(
    { ...checkout, ...reference },
    {
      read: (path) => Promise.resolve(answers[path] ?? FORBIDDEN),
      isManaged: ({ kind, metadata }, { name }) =>
        kind === 'HorizontalPodAutoscaler' && metadata?.annotations?.['app'] === name
          ? {}
          : undefined,
    },
  );
}

const list = (...items: readonly object[]): ApiReading => ({ status: 'read', body: { items } });

describe('findScalers', () => {
  it('finds the autoscalers of an object, and whether each comes from Git', async () => {
    const answers = { [HPAS]: list(hpa('web'), hpa('checkout'), {}), [SCALED]: ABSENT };
    const bounds = { tool: 'hpa', replicasMin: 1, replicasMax: 5 };
    assert.deepEqual(await find(answers), {
      status: 'found',
      scalers: [
        { ...bounds, name: 'web', managed: false },
        { ...bounds, name: 'checkout', managed: true },
      ],
    });
  });

  it('says "none" only where every kind was read', async () => {
    const none = { status: 'found', scalers: [] };
    assert.deepEqual(await find({ [HPAS]: list(), [SCALED]: ABSENT }), none);
    assert.deepEqual(await find({ [HPAS]: list(), [SCALED]: FORBIDDEN }), FORBIDDEN);
    const found = await find({ [HPAS]: list(hpa('web')), [SCALED]: FORBIDDEN });
    assert.equal(found.status, 'found');
  });

  it('knows that nothing scales a cluster-scoped object', async () => {
    assert.deepEqual(await find({}, { namespace: undefined }), { status: 'found', scalers: [] });
  });

  it('refuses a namespace that cannot be named', async () => {
    assert.deepEqual(await find({}, { namespace: '..' }), {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: 'There is no path to horizontalpodautoscalers of ".."',
    });
  });
});
