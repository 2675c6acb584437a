import assert from 'node:assert/strict';
import { it } from 'node:test';
import { applicationReference } from '../../../src/kubernetes/application-reference.ts';

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
