import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { formatCommands } from '../../../../src/dashboard/pages/format-commands.ts';
import { foundRecord, fullRecord } from '../../../support/full-records.ts';

function lines(changes: Partial<AuditRecord> = {}): readonly string[] {
  return formatCommands(foundRecord(fullRecord(changes))).map(({ line }) => line);
}

const QUERY = 'holdfast audit query --id 01JD0000000000000000000003 -o json';
const { object } = fullRecord();

test('formatCommands() offers the record, and to whom it was refused a grant', () => {
  assert.deepEqual(lines(), [
    QUERY,
    'holdfast grant request deployments.apps/shop/app-3 --subject user-3 --cluster prod-eu-1 --verb UPDATE',
  ]);
  assert.deepEqual(
    lines({
      object: {
        ...object,
        group: '',
        resource: 'nodes',
        namespace: '',
        name: 'n1',
        subresource: 'status',
      },
    })[1],
    'holdfast grant request nodes/n1 --subresource status --subject user-3 --cluster prod-eu-1 --verb UPDATE',
  );
});

test('formatCommands() offers no grant for what was allowed, found, connected to, or done by many', () => {
  const folded = { by: 'code', part: 1, count: 2, first: 'a', last: 'b', requestUids: [] } as const;
  for (const changes of [
    { allowed: true },
    { finding: true },
    { operation: 'CONNECT' },
    { folded },
  ] as const) {
    assert.deepEqual(lines(changes), [QUERY]);
  }
});

test('formatCommands() explains and replays where the record has what was judged', () => {
  assert.deepEqual(lines({ allowed: true, input: { request: {}, facts: {} } }), [
    QUERY,
    'holdfast policy explain --decision 01JD0000000000000000000003 --trace',
    'holdfast policy replay --bundle BUNDLE',
  ]);
});

test('formatCommands() makes no command of a name', () => {
  assert.equal(
    lines({
      user: { username: "a'; rm -rf / #", groups: [], extra: {} },
      object: { ...object, name: '$(id)' },
    })[1],
    `holdfast grant request 'deployments.apps/shop/$(id)' --subject 'a'\\''; rm -rf / #' --cluster prod-eu-1 --verb UPDATE`,
  );
});
