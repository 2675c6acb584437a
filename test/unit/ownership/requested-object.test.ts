import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import {
  describeRequestedObject,
  isNamespace,
  nameOf,
  namespaceOf,
} from '../../../src/ownership/requested-object.ts';

function request(more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    name: 'checkout',
    namespace: 'shop',
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    ...more,
  };
}

test('an object is described by its request', () => {
  const reference = { group: 'apps', version: 'v1', resource: 'deployments', name: 'checkout' };

  assert.deepEqual(describeRequestedObject(request()), {
    ...reference,
    kind: 'Deployment',
    namespace: 'shop',
  });
  // The kind of a request for a subresource is the kind of its body.
  assert.deepEqual(describeRequestedObject(request({ subResource: 'scale', namespace: '' })), {
    ...reference,
    kind: '',
  });
});

test('a Namespace is in none, although its requests name it as their namespace', () => {
  const resource = { group: '', version: 'v1', resource: 'namespaces' };

  assert.deepEqual(
    [request({ resource }), request(), request({ namespace: undefined })].map((asked) => [
      isNamespace(asked),
      namespaceOf(asked),
    ]),
    [
      [true, ''],
      [false, 'shop'],
      [false, ''],
    ],
  );
});

test('an item of a collection is called as its stored object says', () => {
  const stored = { metadata: { name: 'one' } };

  assert.deepEqual(
    [
      request({ name: '', oldObject: stored }),
      request({ name: undefined, object: stored }),
      request({ name: '', oldObject: {} }),
    ].map(nameOf),
    ['one', 'one', ''],
  );
});
