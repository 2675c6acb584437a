import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAction } from '../../../src/capture/format-action.ts';

const REQUEST = {
  uid: '1',
  operation: 'UPDATE',
  userInfo: { username: 'system:serviceaccount:argocd:argocd-application-controller' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
};

const reviewOf = (request: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'admission.k8s.io/v1' as const,
  kind: 'AdmissionReview' as const,
  request: { uid: '1', ...request },
});

test('formatAction() names user, verb, resource and subresource', () => {
  assert.equal(
    formatAction(reviewOf({ ...REQUEST, subResource: 'scale' })),
    'argocd-application-controller-update-deployments-scale',
  );
});

test('formatAction() leaves out what a review does not say', () => {
  assert.equal(formatAction(reviewOf(REQUEST)), 'argocd-application-controller-update-deployments');
  assert.equal(formatAction(reviewOf({ operation: 7, resource: null })), '');
});
