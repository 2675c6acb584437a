import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  controllerOf,
  ownersOf,
  parseApiVersion,
} from '../../../src/ownership/owner-references.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';

const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd' };

function withOwners(owners: unknown): KubernetesObject {
  const object: KubernetesObject = JSON.parse(
    JSON.stringify({ metadata: { ownerReferences: owners } }),
  );
  return object;
}

it('ownersOf() leaves out what names nobody', () => {
  assert.deepEqual(ownersOf(withOwners([owner, { kind: 'Deployment' }, null, 7])), [owner]);
  assert.deepEqual(ownersOf(withOwners('x')), []);
  assert.deepEqual(ownersOf({}), []);
});

it('controllerOf() finds the one that controls', () => {
  const controller = { ...owner, uid: 'c', controller: true };
  assert.deepEqual(controllerOf(withOwners([owner, controller])), controller);
  assert.equal(controllerOf(withOwners([owner])), undefined);
});

it('parseApiVersion() knows the core group', () => {
  assert.deepEqual(parseApiVersion('v1'), { group: '', version: 'v1' });
  assert.deepEqual(parseApiVersion('apps/v1'), { group: 'apps', version: 'v1' });
});
