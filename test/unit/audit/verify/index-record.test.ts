import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexRecord } from '../../../../src/audit/verify/index-record.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';

test('indexRecord() names the object, the user and the policies that did not pass, each once', () => {
  const record = sampleRecord();
  const [denied] = record.policies;
  assert.ok(denied);

  assert.deepEqual(indexRecord({ ...record, policies: [...record.policies, denied] }), {
    timeMs: Date.parse(record.time),
    decisionId: record.decisionId,
    username: 'alice',
    namespace: 'shop',
    object: 'apps/deployments/shop/checkout',
    allowed: 0,
    code: 'managed_object_changed',
    policies: ['gitops_only_writes'],
  });
});

test('indexRecord() leaves the core group empty', () => {
  const record = sampleRecord();
  const object = { ...record.object, group: '', resource: 'namespaces', namespace: '' };

  assert.equal(indexRecord({ ...record, object, allowed: true }).object, '/namespaces//checkout');
  assert.equal(indexRecord({ ...record, object, allowed: true }).allowed, 1);
});
