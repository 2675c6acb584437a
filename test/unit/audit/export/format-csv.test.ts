import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { formatCsvHead, formatCsvRow } from '../../../../src/audit/export/format-csv.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

const origin = { chain: 'C', cluster: 'prod', replica: 'r0' };

function row(recordJson: string): string {
  const index = {
    timeMs: 0,
    decisionId: '',
    username: '',
    namespace: '',
    object: '',
    allowed: true,
    code: '',
  };
  return formatCsvRow({
    origin,
    entry: { sequence: 7, hash: 'h', previousHash: 'p', recordJson, index },
  });
}

function rowOf(changes: Partial<AuditRecord>): string {
  return row(JSON.stringify(sampleRecord(3, changes)));
}

test('the head names the columns', () => {
  assert.equal(
    formatCsvHead(),
    'time,decision,code,user,user_groups,actor_class,operation,dry_run,group,resource,subresource,namespace,name,managed_by,policies,message,count,grant,ticket,decision_id,policy_revision,configuration_hash,cluster,replica,chain,sequence,hash',
  );
});

test('a record is a row with as many cells as the head has', () => {
  const text = rowOf({
    allowed: true,
    message: '',
    actor: { class: 'other', proof: { grade: 'none', sufficient: true, reason: '' } },
    managedBy: { tool: 'argocd', app: 'shop' },
    grant: {
      id: 'g',
      subject: '',
      reason: '',
      ticket: 'T-1',
      expires: '',
      approvers: [],
      use: 1,
      usesLeft: 0,
    },
  });

  assert.equal(
    text,
    `2026-11-20T08:00:03.000Z,granted,managed_object_changed,user-3,system:authenticated,other,UPDATE,false,apps,deployments,,shop,app-3,argocd shop,gitops_only_writes,,1,g,T-1,${sampleRecord(3).decisionId},${'a'.repeat(64)},${'b'.repeat(64)},prod,r0,C,7,h`,
  );
});

for (const [name, cell] of [
  ['=cmd|calc', "'=cmd|calc"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['＝1', "'＝1"],
  ['\t=1', "'\t=1"],
  ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
  ['a,b', '"a,b"'],
  ['a\r\nb', '"a\r\nb"'],
  ['plain', 'plain'],
] as const) {
  test(`the user ${JSON.stringify(name)} stays a text`, () => {
    const text = rowOf({ user: { username: name, groups: [], extra: {} } });

    assert.ok(text.includes(`,managed_object_changed,${cell},,`), text);
  });
}

test('a record of counted refusals says how many they are', () => {
  const at = sampleRecord(3).time;
  const folded = { part: 1, count: 42, first: at, last: at, requestUids: [] };

  assert.ok(rowOf({ folded: { by: 'request', ...folded } }).includes('Git",42,,'));
});

test('a record that cannot be read has its place', () => {
  assert.equal(row('{'), `${','.repeat(22)}prod,r0,C,7,h`);
});
