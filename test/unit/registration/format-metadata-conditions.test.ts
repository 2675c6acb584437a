import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isStatusAlone, isUnmarked } from '../../../src/registration/format-metadata-conditions.ts';

it('isUnmarked looks at labels and annotations of both states', () => {
  for (const state of ['object', 'oldObject']) {
    for (const field of ['labels', 'annotations']) {
      const keys = `${state}.?metadata.?${field}.orValue({}).exists(k, `;
      assert.ok(isUnmarked({}).includes(keys), keys);
    }
  }
});

it('isUnmarked knows the tracked label only where labels are tracked', () => {
  const label = "k == 'app.kubernetes.io/instance'";
  const tracked = isUnmarked({ instanceLabelKey: 'app.kubernetes.io/instance' });
  assert.equal(tracked.split(label).length, 5);
  assert.equal(isUnmarked({}).includes(label), false);
});

it('both count the keys of both states before they read them: the API server refuses what costs too much', () => {
  for (const expression of [isUnmarked({}), isStatusAlone()]) {
    const read = expression.search(/\.(?:exists|all)\(/u);
    for (const state of ['object', 'oldObject']) {
      for (const field of ['labels', 'annotations']) {
        const bound = `${state}.?metadata.?${field}.orValue({}).size() <= 1000`;
        const at = expression.indexOf(bound);
        assert.ok(at !== -1 && at < read, bound);
      }
    }
  }
});

it('isStatusAlone compares every part of the metadata that a status update could smuggle in', () => {
  for (const field of ['labels', 'annotations', 'ownerReferences', 'finalizers']) {
    assert.ok(isStatusAlone().includes(`oldObject.?metadata.?${field}`), field);
  }
});
