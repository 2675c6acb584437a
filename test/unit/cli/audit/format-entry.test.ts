import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEntryLine, formatEntryTableWide } from '../../../../src/cli/audit/format-entry.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

const entry = { sequence: 3, hash: 'h', previousHash: 'p' };

test('a line says who did what to which object, and how it was decided', () => {
  const base = sampleRecord(1);
  const record = {
    ...base,
    dryRun: true,
    object: { ...base.object, group: '', resource: 'pods', subresource: 'exec' },
  };

  assert.equal(
    formatEntryLine({ ...entry, recordJson: JSON.stringify(record) }),
    '2026-11-20T08:00:01.000Z  allowed  allowed  user-1  UPDATE (dry run)  pods/billing/app-1 exec  -  01JD0000000000000000000001',
  );
});

test('nothing that a user sent steers the terminal', () => {
  const user = { username: 'eve\u001b[2J\nroot', groups: [], extra: {} };
  const recordJson = JSON.stringify(sampleRecord(1, { user }));

  assert.match(formatEntryLine({ ...entry, recordJson }), / {2}eve�\[2J�root {2}/u);
});

test('what is no record is shown as unreadable', () => {
  assert.equal(
    formatEntryLine({ ...entry, recordJson: '{' }),
    '-  unreadable  -  -  -  -  -  entry 3',
  );
});

test('the wide table says where it happened, who manages the object, and what changed', () => {
  const paths = [{ path: 'spec.replicas' }, { path: 'metadata.labels' }];
  const managedBy = { tool: 'argocd', app: 'shop' };
  const records = [
    { ...sampleRecord(1), managedBy, change: { paths, truncated: true } },
    { ...sampleRecord(2), change: { paths: [], truncated: false } },
    sampleRecord(3),
  ].map((record) => JSON.stringify(record));

  const rows = formatEntryTableWide(
    [...records, '{'].map((recordJson) => ({ ...entry, recordJson })),
  )
    .split('\n')
    .map((line) => line.split(/ {2,}/u).slice(8));

  assert.deepEqual(rows, [
    ['CLUSTER', 'REPLICA', 'MANAGED BY', 'FIELDS'],
    ['prod-eu-1', 'holdfast-0', 'argocd shop', 'spec.replicas,metadata.labels,...'],
    ['prod-eu-1', 'holdfast-0', '-', '-'],
    ['prod-eu-1', 'holdfast-0', '-', '-'],
    ['-', '-', '-', '-'],
  ]);
});
