import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeMetadata } from '../../../src/drift/describe-metadata.ts';
import { ARGOCD_ENTRY, configMap, entryOf } from '../../support/drift-samples.ts';

it('describeMetadata is equal as long as nothing changed that is compared', () => {
  const counted = { generation: 2 };
  const first = describeMetadata(configMap({}, { metadata: counted }));
  const status = entryOf('kubelet', [], { subresource: 'status' });
  const seen = configMap({}, { version: '11', metadata: counted, entries: [ARGOCD_ENTRY, status] });
  assert.equal(describeMetadata(seen), first);
  for (const metadata of [
    { generation: 3 },
    { ...counted, labels: { a: 'b' } },
    { ...counted, deletionTimestamp: '2026-01-05T08:00:00Z' },
  ]) {
    assert.notEqual(describeMetadata(configMap({}, { metadata })), first);
  }
});

it('describeMetadata tells nothing of a kind without a generation', () => {
  assert.equal(describeMetadata(configMap()), '');
  assert.equal(describeMetadata(configMap({}, { metadata: { generation: 0 } })), '');
  assert.equal(describeMetadata({}), '');
});
