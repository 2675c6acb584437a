import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { readObservedWrites } from '../../../src/compose/read-observed-writes.ts';
import type { ObservedWrite } from '../../../src/identity/observed-write.ts';
import { buildJournal } from '../../support/journal/build-journal.ts';
import { sampleRecord } from '../../support/journal/sample-record.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const ACCOUNT = 'system:serviceaccount:shop:operator';

/** A refused write of a controller. */
function refused(changes: Partial<AuditRecord> = {}): Partial<AuditRecord> {
  return {
    user: { username: ACCOUNT, uid: 'u', groups: [], extra: {} },
    actor: actorOf('other'),
    change: CHANGE,
    policies: [objection('gitops_only_writes', 'denied')],
    ...changes,
  };
}

type Actor = NonNullable<AuditRecord['actor']>;
type Verdict = AuditRecord['policies'][number];

function actorOf(actorClass: Actor['class']): Actor {
  return { class: actorClass, proof: { grade: 'pod-bound', sufficient: true, reason: '' } };
}

function objection(policy: string, status: Verdict['status']): Verdict {
  return { policy, mode: 'enforce', status, codes: [] };
}

const CHANGE = {
  semantic: true,
  paths: [{ path: 'spec.a', segments: ['spec', 'a'], kind: 'changed', from: '1', to: '2' }],
  protectedKeys: [],
  truncated: false,
} as const;

/** The record of number 1, as a write. */
const WRITE: ObservedWrite = {
  username: ACCOUNT,
  operation: 'UPDATE',
  group: 'apps',
  resource: 'deployments',
  fields: [{ path: 'spec.a', segments: ['spec', 'a'] }],
  isCut: false,
  protectedKeys: [],
  decisionId: sampleRecord(1).decisionId,
};

async function read(
  t: TestContext,
  records: readonly Partial<AuditRecord>[],
): Promise<readonly ObservedWrite[]> {
  const folder = join(await makeTemporaryFolder(t), 'journal');
  await buildJournal(folder, {
    segments: [records.length],
    record: (number) => sampleRecord(number, records[number - 1]),
  });
  const writes: ObservedWrite[] = [];
  for await (const write of readObservedWrites([folder], { filter: {}, limit: 100 })) {
    writes.push(write);
  }
  return writes;
}

describe('readObservedWrites()', () => {
  it('reads the newest first', async (t) => {
    const { decisionId } = sampleRecord(2);
    assert.deepEqual(await read(t, [refused(), refused()]), [{ ...WRITE, decisionId }, WRITE]);
  });

  const { object } = sampleRecord(1);
  const key = 'metadata.finalizers[a]';
  const told: readonly (readonly [string, Partial<AuditRecord>, Partial<ObservedWrite>])[] = [
    ['of an operator', { actor: actorOf('operator') }, {}],
    ['of a GitOps writer', { actor: actorOf('gitops') }, {}],
    [
      'of a user that is no service account and has no uid',
      { user: { username: 'alice', groups: [], extra: {} } },
      { username: 'alice' },
    ],
    ['that was warned of', { policies: [objection('protected_keys', 'warned')] }, {}],
    ['that was audited', { policies: [objection('gitops_only_writes', 'audited')] }, {}],
    [
      'into a subresource',
      { object: { ...object, subresource: 'scale' } },
      { resource: 'deployments/scale' },
    ],
    [
      'with more fields than are recorded',
      { change: { ...CHANGE, truncated: true } },
      { isCut: true },
    ],
    ['whose record was cut in the change', { cut: ['message', 'change'] }, { isCut: true }],
    ['whose record was cut elsewhere', { cut: ['message'] }, {}],
    [
      'of protected keys',
      { change: { ...CHANGE, protectedKeys: [key] } },
      { protectedKeys: [key] },
    ],
  ];
  for (const [what, record, write] of told) {
    it(`tells of a write ${what}`, async (t) => {
      assert.deepEqual(await read(t, [refused(record)]), [{ ...WRITE, ...write }]);
    });
  }

  const left: readonly (readonly [string, Partial<AuditRecord>])[] = [
    ['that no policy objected to', { policies: [objection('gitops_only_writes', 'passed')] }],
    [
      'that another policy objected to',
      {
        policies: [objection('image_signatures', 'denied'), objection('protected_keys', 'passed')],
      },
    ],
    ['without a change', { change: undefined }],
    ['of the control plane', { actor: actorOf('platform') }],
    ['of nobody known', { actor: undefined }],
    [
      'of an impersonated account, which has no uid',
      { user: { username: ACCOUNT, groups: [], extra: {} } },
    ],
    [
      'of an impersonated account, whose uid is empty',
      { user: { username: ACCOUNT, uid: '', groups: [], extra: {} } },
    ],
    [
      'whose record a later version wrote in another form',
      { policies: JSON.parse('[{"policy":"gitops_only_writes","status":1}]') },
    ],
  ];
  for (const [what, record] of left) {
    it(`leaves out a write ${what}`, async (t) => {
      assert.deepEqual(await read(t, [refused(record)]), []);
    });
  }
});
