import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compareObjects } from '../../../../src/kubernetes/lookup/compare-objects.ts';

it('compareObjects names the core group first, then by group, resource and name', () => {
  const object = (group: string, resource: string, name: string) => ({
    group,
    version: 'v1',
    resource,
    kind: '',
    name,
  });
  const sorted = [
    object('', 'configmaps', 'a'),
    object('', 'configmaps', 'b'),
    object('', 'services', 'a'),
    object('apps', 'deployments', 'a'),
  ];
  assert.deepEqual(sorted.toReversed().toSorted(compareObjects), sorted);
  assert.equal(compareObjects(object('', 'pods', 'a'), object('', 'pods', 'a')), 0);
});
