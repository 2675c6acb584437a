import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endangersVolume } from '../../../src/registration/format-volume-work.ts';

test('endangersVolume(): owners, finalizers, the reclaim policy and the claim of a bound volume', () => {
  const condition = endangersVolume().replaceAll(/\s+/gu, ' ');
  for (const part of [
    "request.operation == 'UPDATE'",
    "request.resource.resource in ['persistentvolumeclaims', 'persistentvolumes']",
    '!(object.?metadata.?ownerReferences.orValue([]) == oldObject.?metadata.?ownerReferences.orValue([]))',
    '!oldObject.?metadata.?finalizers.orValue([]).all(name, name in object.?metadata.?finalizers.orValue([]))',
    'oldObject.?spec.?persistentVolumeReclaimPolicy != object.?spec.?persistentVolumeReclaimPolicy',
    'oldObject.?spec.?claimRef.?name.hasValue() && (',
    'oldObject.?spec.?claimRef.?uid.hasValue() &&',
  ]) {
    assert.ok(condition.includes(part), part);
  }
});
