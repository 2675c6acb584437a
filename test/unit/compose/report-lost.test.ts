import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { createLostReporter } from '../../../src/compose/report-lost.ts';
import { findingRecorder } from '../../support/finding-recorder.ts';

const COMMIT = {
  application: { kind: 'Application', namespace: 'argocd', name: 'shop' },
  repository: 'https://git.example.com/shop',
  objectId: 'c'.repeat(40),
  lost: { status: 'rejected', code: 'key_revoked', reason: 'The key was revoked' },
} as const;

function open(record: (record: AuditRecord) => Promise<object>) {
  const { options, entries } = findingRecorder(record);
  return { report: createLostReporter(options), entries };
}

test('what is not trusted any more is recorded, and stands in the log', () => {
  const records: AuditRecord[] = [];
  const { report, entries } = open(async (record) => {
    records.push(record);
    return {};
  });
  report(COMMIT);

  assert.deepEqual(
    records.map(
      ({ decisionId, time, cluster, replica, policyRevision, configurationHash, code }) => {
        return [decisionId, time, cluster, replica, policyRevision, configurationHash, code];
      },
    ),
    [['D1', '2026-01-05T08:00:00.000Z', 'prod', 'holdfast-0', 'p', 'h', 'commit_trust_lost']],
  );
  assert.equal(entries.length, 1);
  assert.partialDeepStrictEqual(entries[0], {
    level: 'error',
    message: 'A deployed commit is not trusted any more',
    fields: { application: 'Application argocd/shop', code: 'key_revoked' },
  });
});

test('a record that cannot be kept disturbs nobody', async () => {
  const { report } = open(() => Promise.reject(new Error('The disk is full')));
  report(COMMIT);
  await new Promise(setImmediate);
});
