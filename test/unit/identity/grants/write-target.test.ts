import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  findWriteTarget,
  formatNextVersionPath,
  isAnotherWrite,
  isUntouched,
} from '../../../../src/identity/grants/write-target.ts';
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
    for (const change of [{}, { subResource: 'scale' }, { name: '' }] as const) {
      assert.deepEqual(findWriteTarget({ ...request, ...change }), target);
    }
  });

  it('knows of a deletion what follows, but of one that goes on already', () => {
    const deleting = { metadata: { ...request.oldObject?.metadata, deletionTimestamp: 'T' } };

    assert.deepEqual(findWriteTarget({ ...request, operation: 'DELETE' }), {
      ...target,
      next: 'deleted',
    });
    assert.deepEqual(
      findWriteTarget({ ...request, operation: 'DELETE', oldObject: deleting }),
      target,
    );
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

describe('isAnotherWrite()', () => {
  const written = {
    uid: 'u1',
    resourceVersion: '41',
    generation: 2,
    labels: { team: 'red' },
    managedFields: [
      { manager: 'kubectl', time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': {} } },
    ],
  };
  const updated = findWriteTarget({ ...request, object: { metadata: written } });
  const deleted = findWriteTarget({ ...request, operation: 'DELETE' });
  const next = { ...written, resourceVersion: '42' };
  const [field] = written.managedFields;
  const controller = { manager: 'controller', time: '2026-01-01T00:00:00Z' };
  const event = (metadata: object, type = 'MODIFIED'): string =>
    JSON.stringify({ type, object: { metadata } });

  const updates: readonly (readonly [string, string, boolean])[] = [
    ['what was written', event(next), false],
    [
      'what was written, with what a conversion adds',
      event({ ...next, labels: { a: 'b' } }),
      false,
    ],
    ['another writer', event({ ...next, managedFields: [controller] }), true],
    [
      'the same writer, later',
      event({ ...next, managedFields: [{ ...field, time: '2026-01-01T00:00:01Z' }] }),
      true,
    ],
    ['another generation', event({ ...next, generation: 1 }), true],
    ['a deletion that begins', event({ ...next, deletionTimestamp: 'T' }), true],
    [
      'another object of that name',
      event({ ...next, uid: 'u2', managedFields: [controller] }),
      false,
    ],
    ['no writer', event({ ...next, managedFields: [] }), false],
    ['the end of the object', event({ ...next, managedFields: [controller] }, 'DELETED'), false],
    ['an error', JSON.stringify({ type: 'ERROR', object: { code: 410 } }), false],
    ['no JSON', 'no', false],
  ];
  for (const [what, line, expected] of updates) {
    it(`is ${expected ? 'proven' : 'not proven'} for an update by ${what}`, () => {
      assert.ok(updated?.next);
      assert.equal(isAnotherWrite(line, updated), expected);
    });
  }

  const deletions: readonly (readonly [string, string, boolean])[] = [
    ['a change', event(next), true],
    ['a deletion that begins', event({ ...next, deletionTimestamp: 'T' }), false],
    ['the end of the object', event(next, 'DELETED'), false],
  ];
  for (const [what, line, expected] of deletions) {
    it(`is ${expected ? 'proven' : 'not proven'} for a deletion by ${what}`, () => {
      assert.ok(deleted);
      assert.equal(isAnotherWrite(line, deleted), expected);
    });
  }

  it('is never proven where nothing says what follows', () => {
    assert.equal(isAnotherWrite(event({ ...next, managedFields: [controller] }), target), false);
  });
});

describe('formatNextVersionPath()', () => {
  it('watches one object from the version of before', () => {
    assert.equal(
      formatNextVersionPath({ ...target, path: '/api/v1/namespaces/a%20b' }),
      '/api/v1/namespaces?watch=1&fieldSelector=metadata.name%3Da%20b&resourceVersion=41',
    );
  });
});
