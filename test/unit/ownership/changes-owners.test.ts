import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import { changesOwners } from '../../../src/ownership/changes-owners.ts';

const owner = { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '1' };
const owned = { metadata: { ownerReferences: [owner] } };

function request(more: Partial<AdmissionRequest>): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    ...more,
  };
}

it('changesOwners() sees owners that come, go and change, in updates only', () => {
  const other = { metadata: { ownerReferences: [{ ...owner, uid: '2' }] } };
  assert.equal(changesOwners(request({ oldObject: owned, object: owned })), false);
  assert.equal(changesOwners(request({ oldObject: {}, object: {} })), false);
  assert.equal(changesOwners(request({ oldObject: {}, object: owned })), true);
  assert.equal(changesOwners(request({ oldObject: owned, object: {} })), true);
  assert.equal(changesOwners(request({ oldObject: owned, object: other })), true);
  assert.equal(changesOwners(request({ operation: 'CREATE', object: owned })), false);
});
