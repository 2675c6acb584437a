import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchScalers } from '../../../../src/kubernetes/lookup/match-scalers.ts';
import type { StoredScaler } from '../../../../src/kubernetes/lookup/match-scalers.ts';
import type { ScalerSpec } from '../../../../src/kubernetes/lookup/parse-scaler.ts';

const checkout = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};

function stored(managed: boolean, spec: Partial<ScalerSpec> = {}): StoredScaler {
  const target = { group: 'apps', kind: 'Deployment', name: 'checkout' };
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
    const others = targets.map((target) => stored(true, { target }));
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
