import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { claimOf, endangersVolume } from '../../../src/ownership/volume-changes.ts';

const PROTECTED = 'kubernetes.io/pv-protection';
const claimRef = { namespace: 'shop', name: 'data-db-0', uid: 'claim-1' };
const volume: KubernetesObject = {
  metadata: { finalizers: [PROTECTED] },
  spec: { claimRef, persistentVolumeReclaimPolicy: 'Retain' },
  status: { phase: 'Bound' },
};
const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'dead' };

function update(object: KubernetesObject, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  const kind = { group: '', version: 'v1', kind: 'PersistentVolume' };
  const resource = { group: '', version: 'v1', resource: 'persistentvolumes' };
  const userInfo = { username: 'alice' };
  const request = {
    uid: '1',
    kind,
    resource,
    name: 'pv-1',
    operation: 'UPDATE',
    userInfo,
  } as const;
  return { ...request, oldObject: volume, object, ...more };
}

const DANGERS: readonly (readonly [string, KubernetesObject])[] = [
  ['its protection is taken off', { ...volume, metadata: {} }],
  [
    'it is given an owner',
    { ...volume, metadata: { ...volume.metadata, ownerReferences: [owner] } },
  ],
  ['its claim is taken off', { ...volume, spec: { persistentVolumeReclaimPolicy: 'Retain' } }],
  ['it is bound to another claim', { ...volume, spec: { claimRef: { ...claimRef, uid: 'x' } } }],
  ['it is to be wiped', { ...volume, spec: { claimRef, persistentVolumeReclaimPolicy: 'Delete' } }],
];

for (const [why, object] of DANGERS) {
  test(`endangersVolume(): a volume is in danger where ${why}`, () => {
    assert.equal(endangersVolume(update(object)), true);
    assert.equal(endangersVolume(update(object, { operation: 'DELETE' })), false);
    assert.equal(endangersVolume(update(object, { subResource: 'status' })), true);
    assert.equal(endangersVolume(update(object, { subResource: 'other' })), false);
  });
}

test('endangersVolume(): of a status, the phase counts', () => {
  const status = { subResource: 'status' };

  assert.equal(endangersVolume(update({ ...volume, status: { phase: 'Pending' } }, status)), true);
  assert.equal(endangersVolume(update({ ...volume, status: {} }, status)), true);
  assert.equal(
    endangersVolume(update({ ...volume, status: { phase: 'Bound', capacity: {} } }, status)),
    false,
  );
});

test('endangersVolume(): what loses nothing', () => {
  const attached = { ...volume, metadata: { finalizers: [PROTECTED, 'external-attacher/x'] } };
  const owned = { ...volume, metadata: { ...volume.metadata, ownerReferences: [owner] } };

  assert.equal(endangersVolume(update(attached)), false);
  assert.equal(endangersVolume(update(volume, { oldObject: attached })), false);
  assert.equal(endangersVolume(update(volume, { oldObject: owned })), false);
  assert.equal(endangersVolume(update(volume, { oldObject: null })), false);
  assert.equal(endangersVolume(update(volume, { object: null })), false);
});

test('endangersVolume() takes what is no list for an empty one', () => {
  const odd: unknown = { metadata: { ownerReferences: 'x', finalizers: { length: 1 } }, spec: 7 };

  assert.equal(endangersVolume(update(asObject(odd), { oldObject: asObject(odd) })), false);
});

test('endangersVolume() compares ten thousand owners in one pass', () => {
  const ownerReferences = Array.from({ length: 10_000 }, (_, n) => ({ ...owner, uid: String(n) }));
  const many = { ...volume, metadata: { ...volume.metadata, ownerReferences } };
  const startedAtMs = performance.now();

  assert.equal(endangersVolume(update(many, { oldObject: many })), false);
  assert.ok(performance.now() - startedAtMs < 1000);
});

test('claimOf() tells what a volume is bound to', () => {
  assert.deepEqual(claimOf(volume), claimRef);
  assert.deepEqual(claimOf({ spec: { claimRef: { namespace: 'a', name: 'b' } } }), {
    namespace: 'a',
    name: 'b',
  });
  assert.equal(claimOf({ spec: { claimRef: { name: 'b' } } }), undefined);
  assert.equal(claimOf({ spec: { claimRef: { namespace: 'a' } } }), undefined);
  assert.equal(claimOf({ spec: { claimRef: 'b' } }), undefined);
  assert.equal(claimOf({}), undefined);
});

function asObject(value: unknown): KubernetesObject {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
