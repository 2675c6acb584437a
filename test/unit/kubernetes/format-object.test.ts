import assert from 'node:assert/strict';
import { it } from 'node:test';
import { formatPlace, formatResource } from '../../../src/kubernetes/format-object.ts';

it('formatResource() writes a resource as kubectl does', () => {
  assert.equal(formatResource({ group: '', resource: 'pods' }), 'pods');
  assert.equal(formatResource({ group: 'apps', resource: 'deployments' }), 'deployments.apps');
});

it('formatPlace() writes the namespace of what has one', () => {
  assert.equal(formatPlace({ namespace: 'shop', name: 'checkout' }), 'shop/checkout');
  assert.equal(formatPlace({ namespace: '', name: 'worker-1' }), 'worker-1');
});
