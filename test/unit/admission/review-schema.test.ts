import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeFaults,
  isAdmissionRequest,
  isReviewEnvelope,
} from '../../../src/admission/review-schema.ts';
import { isRecord } from '../../../src/base/is-record.ts';

const REQUEST = {
  uid: 'u',
  kind: { group: '', version: 'v1', kind: 'ConfigMap' },
  resource: { group: '', version: 'v1', resource: 'configmaps' },
  operation: 'CREATE',
  userInfo: { username: 'alice', groups: ['g'], extra: { scopes: ['a', 'b'] } },
};

test('isAdmissionRequest() accepts a request with no more than what every request has', () => {
  assert.equal(isAdmissionRequest(REQUEST), true);
});

test('describeFaults() is empty where a request is as it should be', () => {
  assert.deepEqual(describeFaults(REQUEST), []);
});

test('describeFaults() names every field, and the request itself where it is none', () => {
  assert.deepEqual(describeFaults({ ...REQUEST, uid: 1, operation: 2 }), [
    'request.uid: expected string, received number',
    'request.operation: expected one of "CREATE"|"UPDATE"|"DELETE"|"CONNECT"',
  ]);
  assert.deepEqual(describeFaults(null), ['request: expected object, received null']);
});

test('isReviewEnvelope() knows one kind in one version', () => {
  const kind = 'AdmissionReview';
  assert.equal(isReviewEnvelope({ kind, apiVersion: 'admission.k8s.io/v1' }), true);
  assert.equal(isReviewEnvelope({ kind, apiVersion: 'admission.k8s.io/v1beta1' }), false);
});

test('isRecord() accepts objects and neither lists nor null', () => {
  assert.deepEqual([{}, [], null, 'x', undefined].map(isRecord), [
    true,
    false,
    false,
    false,
    false,
  ]);
});
