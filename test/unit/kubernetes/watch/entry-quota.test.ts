import assert from 'node:assert/strict';
import { it } from 'node:test';
import { EntryQuota } from '../../../../src/kubernetes/watch/entry-quota.ts';

it('EntryQuota gives room until there is none, and again after some came back', () => {
  const quota = new EntryQuota(3);
  assert.equal(quota.reserve(2), true);
  assert.equal(quota.reserve(2), false);
  assert.equal(quota.used, 2);
  quota.release(1);
  assert.equal(quota.reserve(2), true);
  assert.equal(quota.used, 3);
});
