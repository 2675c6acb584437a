import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findComparedObjects } from '../../../../src/source/manifest/find-compared-objects.ts';

const STORED = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', generation: 1, managedFields: [{}], finalizers: ['x', 'y'] },
  data: { a: '1' },
  status: { phase: 'Old' },
};
const CHANGED = { ...STORED, data: { a: '2' } };

test('findComparedObjects() takes what a request creates and changes', () => {
  assert.deepEqual(findComparedObjects({ operation: 'CREATE', object: STORED, oldObject: null }), {
    object: STORED,
  });
  const update = { operation: 'UPDATE', object: CHANGED, oldObject: STORED };
  assert.deepEqual(findComparedObjects(update), { object: CHANGED, stored: STORED });
});

test('findComparedObjects() leaves deletions, subresources and what has no object', () => {
  for (const request of [
    { operation: 'DELETE', oldObject: STORED },
    { operation: 'CONNECT', object: STORED },
    { operation: 'UPDATE', subResource: 'status', object: CHANGED, oldObject: STORED },
    { operation: 'CREATE', object: null },
    { operation: 'UPDATE', object: CHANGED },
  ]) {
    assert.equal(findComparedObjects(request), undefined);
  }
});

test('findComparedObjects() leaves an update that changes status, owners of fields or fewer finalizers', () => {
  const object = {
    ...STORED,
    metadata: { name: 'a', generation: 2, managedFields: [], finalizers: ['y'] },
    status: { phase: 'New' },
  };
  assert.equal(findComparedObjects({ operation: 'UPDATE', object, oldObject: STORED }), undefined);
  const { finalizers: _, ...metadata } = STORED.metadata;
  const without = { ...STORED, metadata };
  const request = { operation: 'UPDATE', object: without, oldObject: STORED };
  assert.equal(findComparedObjects(request), undefined);
  // One that is added is compared.
  assert.notEqual(
    findComparedObjects({ operation: 'UPDATE', object: STORED, oldObject: without }),
    undefined,
  );
});

test('findComparedObjects() leaves what is being deleted', () => {
  const metadata = { ...STORED.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  const request = { operation: 'UPDATE', object: CHANGED, oldObject: { ...STORED, metadata } };
  assert.equal(findComparedObjects(request), undefined);
});

test('findComparedObjects() leaves the operations that Argo CD keeps in its Applications', () => {
  const stored = { ...STORED, apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' };
  const object = { ...stored, operation: { sync: {} } };
  assert.equal(findComparedObjects({ operation: 'UPDATE', object, oldObject: stored }), undefined);
  const other = { ...STORED, operation: { sync: {} } };
  assert.notEqual(
    findComparedObjects({ operation: 'UPDATE', object: other, oldObject: STORED }),
    undefined,
  );
});
