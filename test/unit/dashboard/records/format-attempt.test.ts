import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRecord } from '../../../../src/audit/journal/parse-record.ts';
import { formatAttempt } from '../../../../src/dashboard/records/format-attempt.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

function line(changes: Parameters<typeof sampleRecord>[1] = {}) {
  const record = parseRecord(JSON.stringify(sampleRecord(3, changes)));
  assert.ok(record);
  return formatAttempt(7, record);
}

test('formatAttempt() says in a line who tried what', () => {
  assert.deepEqual(line(), {
    sequence: 7,
    decisionId: '01JD0000000000000000000003',
    time: '2026-11-20T08:00:03.000Z',
    decision: 'denied',
    count: '',
    code: 'managed_object_changed',
    user: 'user-3',
    operation: 'UPDATE deployments.apps',
    object: 'shop/app-3',
    policies: 'gitops_only_writes',
  });
});

test('formatAttempt() has subresources, dry runs, counted refusals, and cuts what is long', () => {
  const { object } = sampleRecord(3);
  const {
    operation,
    object: place,
    count,
    user,
  } = line({
    dryRun: true,
    object: { ...object, namespace: '', subresource: 'scale' },
    user: { username: 'u'.repeat(400), groups: [], extra: {} },
    folded: {
      by: 'request',
      part: 1,
      count: 12,
      first: '2026-11-20T08:00:03.000Z',
      last: '2026-11-20T08:00:04.000Z',
      requestUids: [],
    },
  });

  assert.deepEqual(
    [operation, place, count, user.length, user.at(-1)],
    ['UPDATE deployments.apps/scale (dry run)', 'app-3', '×12', 301, '…'],
  );
});
