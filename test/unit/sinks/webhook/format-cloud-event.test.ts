import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GAP_CODE } from '../../../../src/delivery/gap-entry.ts';
import { formatCloudEvent } from '../../../../src/sinks/webhook/format-cloud-event.ts';
import { sampleEntry, sampleRecord } from '../../../support/journal-entries.ts';

function memberOf(event: string, name: string): unknown {
  return Reflect.get(Object(JSON.parse(event)), name);
}

test('formatCloudEvent() says everything of an entry in the words of CloudEvents', () => {
  const entry = sampleEntry(7);

  assert.deepEqual(JSON.parse(formatCloudEvent(entry)), {
    specversion: '1.0',
    id: entry.hash,
    source: 'urn:holdfast:prod-eu-1:holdfast-0',
    type: 'dev.holdfast.decision.v1',
    subject: 'deployments.apps/shop/checkout-7',
    time: '2026-01-05T08:00:07.000Z',
    datacontenttype: 'application/json',
    dataschema: 'urn:holdfast:schema:audit-record:1',
    sequence: '0000000000000007',
    data: entry.record,
  });
});

for (const [part, subject] of [
  [{ group: '', resource: 'pods', name: 'web-0', subresource: 'exec' }, 'pods/shop/web-0/exec'],
  [{ group: '', resource: 'namespaces', namespace: '', name: 'shop' }, 'namespaces/shop'],
  [{ group: '', resource: 'pods', name: '' }, 'pods/shop'],
] as const) {
  test(`formatCloudEvent() calls its subject ${subject}`, () => {
    const { object } = sampleRecord(1);
    const entry = sampleEntry(1, { object: { ...object, ...part } });

    assert.equal(memberOf(formatCloudEvent(entry), 'subject'), subject);
  });
}

test('formatCloudEvent() gives the note about a gap a type of its own', () => {
  assert.equal(
    memberOf(formatCloudEvent(sampleEntry(1, { code: GAP_CODE })), 'type'),
    'dev.holdfast.delivery-gap.v1',
  );
});

test('formatCloudEvent() keeps names of clusters and replicas apart', () => {
  const event = formatCloudEvent(sampleEntry(1, { cluster: 'a:b', replica: 'c d' }));

  assert.equal(memberOf(event, 'source'), 'urn:holdfast:a%3Ab:c%20d');
});
