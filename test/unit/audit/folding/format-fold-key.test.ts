import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { formatCodeKey, formatRequestKey } from '../../../../src/audit/folding/format-fold-key.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';

const RECORD = sampleRecord(1, { message: `Managed (decision ${sampleRecord(1).decisionId})` });

function again(changes: Partial<AuditRecord> = {}): AuditRecord {
  const { decisionId } = sampleRecord(2);
  const timings = { gatherMs: 1, evaluateMs: 2 };
  return {
    ...sampleRecord(2, { message: `Managed (decision ${decisionId})`, durationMs: 9, timings }),
    trace: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
    ...changes,
  };
}

const { user, object } = RECORD;
/** Everything that makes a refusal another one, and whether it is one of another actor or code as well. */
const DIFFERENCES: readonly (readonly [string, Partial<AuditRecord>, boolean])[] = [
  ['another user', { user: { ...user, username: 'bob' } }, true],
  ['another uid of the user', { user: { ...user, uid: 'u' } }, false],
  ['another credential', { user: { ...user, extra: { 'credential-id': ['JTI=2'] } } }, false],
  ['another operation', { operation: 'DELETE' }, true],
  ['another object', { object: { ...object, name: 'other' } }, false],
  ['another namespace', { object: { ...object, namespace: 'other' } }, false],
  ['another subresource', { object: { ...object, subresource: 'scale' } }, false],
  ['the object made again', { object: { ...object, uid: 'u2' } }, false],
  ['another code', { code: 'other' }, true],
  ['another message', { message: 'Managed by another app' }, false],
  ['a dry run', { dryRun: true }, true],
  ['another bundle', { policyRevision: 'sha256:def' }, true],
  ['another configuration', { configurationHash: 'd'.repeat(64) }, true],
  [
    'another grade of proof',
    { actor: { class: 'other', proof: { grade: 'legacy', sufficient: false, reason: '' } } },
    true,
  ],
  [
    'another change',
    { change: { semantic: true, paths: [], protectedKeys: ['x'], truncated: false } },
    false,
  ],
  [
    'another policy that objects',
    { policies: [{ policy: 'other', mode: 'enforce', status: 'denied', codes: ['x'] }] },
    true,
  ],
];

describe('formatRequestKey()', () => {
  it('is one for refusals that differ in time and identifiers alone', () => {
    assert.equal(formatRequestKey(again()), formatRequestKey(RECORD));
  });

  it('is one for attempts to create an object, which get another uid each time', () => {
    const [first, second] = ['u1', 'u2'].map((uid) =>
      formatRequestKey(again({ operation: 'CREATE', object: { ...object, uid } })),
    );

    assert.equal(first, second);
  });

  for (const [what, changes] of DIFFERENCES) {
    it(`is another for ${what}`, () => {
      assert.notEqual(formatRequestKey(again(changes)), formatRequestKey(RECORD));
    });
  }
});

describe('formatCodeKey()', () => {
  for (const [what, changes, isOther] of DIFFERENCES) {
    it(`is ${isOther ? 'another' : 'the same'} for ${what}`, () => {
      assert.equal(formatCodeKey(again(changes)) !== formatCodeKey(RECORD), isOther);
    });
  }

  it('is one for the service accounts of a namespace', () => {
    const [a, b] = ['a', 'b'].map((name) =>
      formatCodeKey(again({ user: { ...user, username: `system:serviceaccount:shop:${name}` } })),
    );

    assert.equal(a, b);
  });
});
