import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { planHeldOpen } from '../../../src/alerting/plan-held-open.ts';
import { sampleEntry } from '../../support/journal-entries.ts';

const object = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  subresource: '',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'checkout',
};
const grant = {
  id: 'G',
  subject: 'alice',
  reason: 'the checkout is down',
  ticket: '',
  expires: '2026-01-05T09:00:00Z',
  approvers: ['anna'],
  use: 1,
  usesLeft: 2,
};
const proof = {
  grade: 'pod-bound',
  sufficient: true,
  reason: 'its token is bound to a pod',
} as const;
const byGrant: Partial<AuditRecord> = { allowed: true, object, grant };
const byGit: Partial<AuditRecord> = { allowed: true, object, actor: { class: 'gitops', proof } };
const NAME = 'deployments.apps shop/checkout';

function plan(records: readonly Partial<AuditRecord>[], held: readonly string[] = []) {
  const entries = records.map((record, index) => sampleEntry(index + 1, record));
  return planHeldOpen(entries, (name) => held.includes(name));
}

describe('planHeldOpen()', () => {
  it('holds open what was changed under a grant', () => {
    assert.deepEqual(plan([byGrant]), [
      {
        object: NAME,
        held: {
          grantId: 'G',
          decisionId: '01JD3V9K2M8Q4W6X0Y2Z000001',
          username: 'alice',
          time: '2026-01-05T08:00:01.000Z',
        },
      },
    ]);
  });

  it('counts a subresource for its object, and knows objects without group or namespace', () => {
    const scaled = { ...byGrant, object: { ...object, subresource: 'scale' } };
    const node = { ...object, group: '', resource: 'nodes', namespace: '', name: 'worker-1' };

    assert.deepEqual(
      plan([scaled, { ...byGrant, object: node }]).map(({ object: name }) => name),
      [NAME, 'nodes worker-1'],
    );
  });

  it('lets go of what Git has written since, in the same page or a later one', () => {
    assert.deepEqual(plan([byGrant, byGit]), [{ object: NAME }]);
    assert.deepEqual(plan([byGit], [NAME]), [{ object: NAME }]);
  });

  it('holds open again what is changed once more', () => {
    assert.notEqual(plan([byGit, byGrant], [NAME])[0]?.held, undefined);
  });

  const nothing: readonly (readonly [string, Partial<AuditRecord>])[] = [
    ['a refusal', { ...byGrant, allowed: false }],
    ['a dry run', { ...byGrant, dryRun: true }],
    ['a write of Git to what nobody holds open', byGit],
    ['a write without a grant', { ...byGrant, grant: undefined }],
    ['a write by nobody known', { ...byGrant, grant: undefined, actor: undefined }],
  ];
  for (const [what, record] of nothing) {
    it(`makes nothing of ${what}`, () => {
      assert.deepEqual(plan([record]), []);
    });
  }

  it('does not take a status that Git’s controller writes for the object', () => {
    const status = { ...byGit, object: { ...object, subresource: 'status' } };

    assert.deepEqual(plan([status], [NAME]), []);
  });
});
