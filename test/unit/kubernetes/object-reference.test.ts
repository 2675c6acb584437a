import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  formatPlace,
  formatResource,
  applicationReference,
  compareObjects,
} from '../../../src/kubernetes/object-reference.ts';

it('formatResource() writes a resource as kubectl does', () => {
  assert.equal(formatResource({ group: '', resource: 'pods' }), 'pods');
  assert.equal(formatResource({ group: 'apps', resource: 'deployments' }), 'deployments.apps');
});

it('formatPlace() writes the namespace of what has one', () => {
  assert.equal(formatPlace({ namespace: 'shop', name: 'checkout' }), 'shop/checkout');
  assert.equal(formatPlace({ namespace: '', name: 'worker-1' }), 'worker-1');
});

it('applicationReference() names an Argo CD Application', () => {
  assert.deepEqual(applicationReference('argocd', 'checkout'), {
    group: 'argoproj.io',
    version: 'v1alpha1',
    resource: 'applications',
    kind: 'Application',
    namespace: 'argocd',
    name: 'checkout',
  });
});

it('compareObjects names the core group first, then by group, resource and name', () => {
  const object = (group: string, resource: string, name: string) => ({
    group,
    version: 'v1',
    resource,
    kind: '',
    name,
  });
  const sorted = [
    object('', 'configmaps', 'a'),
    object('', 'configmaps', 'b'),
    object('', 'services', 'a'),
    object('apps', 'deployments', 'a'),
  ];
  assert.deepEqual(sorted.toReversed().toSorted(compareObjects), sorted);
  assert.equal(compareObjects(object('', 'pods', 'a'), object('', 'pods', 'a')), 0);
});
