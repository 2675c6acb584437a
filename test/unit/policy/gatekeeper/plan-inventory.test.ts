import assert from 'node:assert/strict';
import { it } from 'node:test';
import { planInventory } from '../../../../src/policy/gatekeeper/plan-inventory.ts';

it('planInventory() arranges objects by scope, group and version, kind and name', () => {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } };
  const web = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 's' },
  };
  const other = { ...web, metadata: { name: 'other', namespace: 's' } };

  assert.deepEqual(planInventory([node, web, other, { kind: 'NoVersion' }, { apiVersion: 'v1' }]), {
    cluster: { v1: { Node: { a: node } } },
    namespace: { s: { 'apps/v1': { Deployment: { web, other } } } },
  });
  assert.deepEqual(planInventory([]), {});
});

it('planInventory() keeps a name that means something in JavaScript', () => {
  const odd = { apiVersion: 'v1', kind: 'Node', metadata: { name: '__proto__' } };

  const { cluster } = planInventory([odd, { apiVersion: 'v1', kind: 'Node' }]);

  assert.deepEqual(Object.keys(cluster?.['v1']?.['Node'] ?? {}), ['__proto__', '']);
});
