import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findWriteTarget, isUntouched } from '../../../../src/identity/grants/write-target.ts';
import type { AdmissionRequest } from '../../../../src/kubernetes/admission-request.ts';

const request: AdmissionRequest = {
  uid: 'r1',
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  namespace: 'shop',
  name: 'checkout',
  operation: 'UPDATE',
  userInfo: { username: 'alice' },
  oldObject: { metadata: { name: 'checkout', uid: 'u1', resourceVersion: '41' } },
};
const target = {
  path: '/apis/apps/v1/namespaces/shop/deployments/checkout',
  uid: 'u1',
  resourceVersion: '41',
};

describe('findWriteTarget()', () => {
  it('is the object of an update, of a deletion, and of a subresource', () => {
    for (const change of [
      {},
      { operation: 'DELETE' },
      { subResource: 'scale' },
      { name: '' },
    ] as const) {
      assert.deepEqual(findWriteTarget({ ...request, ...change }), target);
    }
  });

  it('is a namespace without a namespace, whose requests carry its name as one', () => {
    const resource = { group: '', version: 'v1', resource: 'namespaces' };
    assert.equal(
      findWriteTarget({ ...request, resource, name: 'shop' })?.path,
      '/api/v1/namespaces/shop',
    );
  });

  it('is an object of the cluster', () => {
    assert.equal(
      findWriteTarget({ ...request, namespace: '' })?.path,
      '/apis/apps/v1/deployments/checkout',
    );
  });

  const absent: readonly (readonly [string, Partial<AdmissionRequest>])[] = [
    ['a creation', { operation: 'CREATE' }],
    ['what changes no object', { operation: 'CONNECT' }],
    ['an update without the old object', { oldObject: null }],
    ['an old object without a version', { oldObject: { metadata: { name: 'x', uid: 'u1' } } }],
    ['a name that is no segment of a path', { name: '..' }],
  ];
  for (const [what, change] of absent) {
    it(`is nothing for ${what}`, () => {
      assert.equal(findWriteTarget({ ...request, ...change }), undefined);
    });
  }
});

describe('isUntouched()', () => {
  it('is true for the same version of the same object alone', () => {
    const metadata = { uid: 'u1', resourceVersion: '41' };
    assert.deepEqual(
      [
        { metadata },
        { metadata: { ...metadata, resourceVersion: '42' } },
        { metadata: { ...metadata, uid: 'u2' } },
        { metadata: {} },
        undefined,
      ].map((live) => isUntouched(live, target)),
      [true, false, false, false, false],
    );
  });
});
