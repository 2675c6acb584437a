import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseScaler, matchScalers } from '../../../../src/kubernetes/lookup/parse-scaler.ts';
import type { StoredScaler, ScalerSpec } from '../../../../src/kubernetes/lookup/parse-scaler.ts';

const metadata = { name: 'web' };
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' };
const target = { group: 'apps', kind: 'Deployment', name: 'checkout' };
const scaled = { tool: 'keda', name: 'web', target };

describe('parseScaler', () => {
  it('reads the target and the bounds of an HPA, at least one replica where none is set', () => {
    const spec = { scaleTargetRef, maxReplicas: 5 };
    const hpa = { tool: 'hpa', name: 'web', target, replicasMin: 1, replicasMax: 5 };
    assert.deepEqual(parseScaler('hpa', { metadata, spec }), hpa);
    assert.deepEqual(parseScaler('hpa', { metadata, spec: { ...spec, minReplicas: 2 } }), {
      ...hpa,
      replicasMin: 2,
    });
  });

  it('takes a target without a group for the core group', () => {
    const of = (apiVersion?: string) => ({
      metadata,
      spec: { scaleTargetRef: { ...scaleTargetRef, apiVersion }, maxReplicas: 5 },
    });
    assert.equal(parseScaler('hpa', of('v1'))?.target.group, '');
    assert.equal(parseScaler('hpa', of())?.target.group, '');
  });

  it('names the ScaledObject that made an HPA, and no other owner', () => {
    const owned = (owner: object) => ({
      metadata: {
        ...metadata,
        ownerReferences: [
          {
            apiVersion: 'keda.sh/v1alpha1',
            kind: 'ScaledObject',
            name: 'made',
            uid: 'u',
            controller: true,
            ...owner,
          },
        ],
      },
      spec: { scaleTargetRef, maxReplicas: 5 },
    });
    assert.equal(parseScaler('hpa', owned({}))?.scaledObject, 'made');
    for (const other of [
      { controller: false },
      { kind: 'Deployment' },
      { apiVersion: 'evil.example/v1' },
    ]) {
      assert.equal(parseScaler('hpa', owned(other))?.scaledObject, undefined);
    }
  });

  it('reads a ScaledObject with the defaults of KEDA', () => {
    assert.deepEqual(
      parseScaler('keda', { metadata, spec: { scaleTargetRef: { name: 'checkout' } } }),
      { ...scaled, replicasMin: 0, replicasMax: 100 },
    );
  });

  it('reads the bounds of a ScaledObject, idle and paused numbers among them', () => {
    const spec = { scaleTargetRef, minReplicaCount: 2, maxReplicaCount: 4 };
    const bounds = { ...scaled, replicasMin: 2, replicasMax: 4 };
    assert.deepEqual(parseScaler('keda', { metadata, spec }), bounds);
    const idle = { metadata, spec: { ...spec, idleReplicaCount: 0 } };
    assert.deepEqual(parseScaler('keda', idle), { ...bounds, replicasMin: 0 });
    const paused = (count: string) => ({
      metadata: { ...metadata, annotations: { 'autoscaling.keda.sh/paused-replicas': count } },
      spec,
    });
    assert.deepEqual(parseScaler('keda', paused('9')), { ...bounds, replicasMax: 9 });
    for (const count of ['-1', '1.5', 'all']) {
      assert.deepEqual(parseScaler('keda', paused(count)), bounds);
    }
  });

  it('makes nothing of what it does not understand', () => {
    for (const spec of [undefined, {}, { scaleTargetRef, maxReplicas: -1 }]) {
      assert.equal(parseScaler('hpa', { metadata, spec }), undefined);
    }
    assert.equal(parseScaler('keda', { metadata, spec: { scaleTargetRef: {} } }), undefined);
    assert.equal(parseScaler('hpa', { spec: { scaleTargetRef, maxReplicas: 5 } }), undefined);
  });

  it('is total', () => {
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom('hpa' as const, 'keda' as const), (spec, tool) => {
        parseScaler(tool, { metadata, spec });
      }),
    );
  });
});

const checkout = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};

function stored(managed: boolean, spec: Partial<ScalerSpec> = {}): StoredScaler {
  const bounds = { replicasMin: 1, replicasMax: 5 };
  return { managed, spec: { tool: 'hpa', name: 'web', target, ...bounds, ...spec } };
}

const web = { tool: 'hpa', name: 'web', replicasMin: 1, replicasMax: 5 };

describe('matchScalers', () => {
  it('finds what targets the object, by its kind or by its resource', () => {
    const found = [{ ...web, managed: true }];
    assert.deepEqual(matchScalers(checkout, [stored(true)]), found);
    assert.deepEqual(matchScalers({ ...checkout, kind: '' }, [stored(true)]), found);
  });

  it('leaves out what targets another name, group or kind', () => {
    const targets = [
      { group: 'apps', kind: 'Deployment', name: 'other' },
      { group: 'evil.example', kind: 'Deployment', name: 'checkout' },
      { group: 'apps', kind: 'StatefulSet', name: 'checkout' },
    ];
    const others = targets.map((other) => stored(true, { target: other }));
    assert.deepEqual(matchScalers(checkout, others), []);
    assert.deepEqual(matchScalers({ ...checkout, kind: '' }, others), []);
  });

  it('says of an autoscaler that anybody made that it is not managed', () => {
    assert.deepEqual(matchScalers(checkout, [stored(false)]), [{ ...web, managed: false }]);
  });

  it('takes the HPA of a managed ScaledObject for managed, and of no other', () => {
    const made = stored(false, { scaledObject: 'load' });
    const keda = (managed: boolean, name: string) =>
      stored(managed, {
        tool: 'keda',
        name,
        target: { group: 'apps', kind: 'Deployment', name: 'x' },
      });
    const isManaged = (...beside: readonly StoredScaler[]) =>
      matchScalers(checkout, [made, ...beside])[0]?.managed;
    assert.equal(isManaged(keda(true, 'load')), true);
    assert.equal(isManaged(keda(false, 'load')), false);
    assert.equal(isManaged(keda(true, 'other')), false);
    assert.equal(isManaged(stored(true, { name: 'load' })), false);
  });
});
