import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEcs } from '../../../../src/sinks/elasticsearch/format-ecs.ts';
import { sampleEntry, sampleRecord, UNENFORCED } from '../../../support/journal-entries.ts';

test('formatEcs() says a denial in the words of the schema', () => {
  const entry = sampleEntry(1);

  assert.deepEqual(formatEcs(entry), {
    '@timestamp': '2026-01-05T08:00:01.000Z',
    ecs: { version: '8.17.0' },
    message: entry.record.message,
    event: {
      kind: 'event',
      category: ['configuration'],
      type: ['change', 'denied'],
      outcome: 'failure',
      action: 'update',
      code: 'managed_object_changed',
      dataset: 'holdfast.decision',
      provider: 'holdfast',
      id: entry.record.decisionId,
      sequence: 1,
      hash: entry.hash,
      duration: 1_500_000,
      original: JSON.stringify(entry.record),
    },
    user: { name: 'alice', id: 'u-1' },
    related: { user: ['alice'] },
    orchestrator: {
      type: 'kubernetes',
      cluster: { name: 'prod-eu-1' },
      api_version: 'apps/v1',
      namespace: 'shop',
      resource: { name: 'checkout-1', type: 'deployments' },
    },
    observer: { vendor: 'Holdfast', product: 'Holdfast', name: 'holdfast-0' },
    rule: { name: ['gitops_only_writes'] },
    labels: { decision: 'denied', dry_run: 'false', actor_class: 'other' },
  });
});

test('formatEcs() says an allow of a cluster object so', () => {
  const { object } = sampleRecord(1);
  const document = formatEcs(
    sampleEntry(1, {
      allowed: true,
      policies: [],
      object: { ...object, group: '', namespace: '', resource: 'nodes', uid: 'u-9' },
      managedBy: { tool: 'argocd', app: 'shop' },
      grant: {
        id: 'g-1',
        subject: 'alice',
        reason: 'outage',
        ticket: 'INC-1',
        expires: '2026-01-05T09:00:00Z',
        approvers: ['bob'],
        use: 1,
        usesLeft: 0,
      },
    }),
  );

  assert.deepEqual(document['orchestrator'], {
    type: 'kubernetes',
    cluster: { name: 'prod-eu-1' },
    api_version: 'v1',
    resource: { name: 'checkout-1', type: 'nodes', id: 'u-9' },
  });
  assert.deepEqual(document['labels'], {
    decision: 'granted',
    dry_run: 'false',
    actor_class: 'other',
    managed_by: 'shop',
    grant: 'g-1',
  });
});

test('formatEcs() has the same fields whatever people call their groups', () => {
  const usual = JSON.stringify(Object.keys(formatEcs(sampleEntry(1))));
  const odd = formatEcs(
    sampleEntry(1, {
      user: { username: 'eve', groups: ['g'], extra: { 'made.up/key': ['v'] } },
      actor: undefined,
    }),
  );

  assert.equal(JSON.stringify(Object.keys(odd)), usual);
  assert.deepEqual(odd['user'], { name: 'eve' });
});

test('formatEcs() has the code and the message of a denial that only the mode of its policy prevented', () => {
  assert.partialDeepStrictEqual(formatEcs(sampleEntry(1, UNENFORCED)), {
    message: 'Change it in Git',
    event: { type: ['change', 'allowed'], outcome: 'success', code: 'managed_object_changed' },
    labels: { decision: 'audited' },
  });
});

test('formatEcs() names the trace of a sampled request', () => {
  const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

  assert.partialDeepStrictEqual(formatEcs(sampleEntry(1, { trace })), {
    trace: { id: trace.traceId },
    span: { id: trace.spanId },
  });
  assert.ok(!('trace' in formatEcs(sampleEntry(1))));
});
