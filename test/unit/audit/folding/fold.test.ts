import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { auditRecordSchema } from '../../../../src/audit/record-schema.ts';
import { Fold } from '../../../../src/audit/folding/fold.ts';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { sampleRecord } from '../../../support/journal-samples.ts';

const OPENING = sampleRecord(1);
const PLACE = { sequence: 7, hash: 'a'.repeat(64) };
const NOW_MS = Date.UTC(2026, 0, 2, 4);

function fold(by: 'request' | 'code', listedMax = 10): Fold {
  return new Fold(OPENING, { by, key: 'k' }, { nowMs: monotonicMs(0), listedMax });
}

function account(number: number, name: string): AuditRecord {
  const { object } = OPENING;
  const user = { username: `system:serviceaccount:shop:${name}`, groups: ['g'], extra: {} };
  return sampleRecord(number, { user, object: { ...object, name, namespace: 'shop' } });
}

describe('a fold of a request', () => {
  it('says how often, when, and which requests; the rest is the record that opened it', () => {
    const folded = fold('request');
    for (let number = 2; number <= 8; number += 1) folded.join(sampleRecord(number));

    const record = folded.summarize(NOW_MS, PLACE);

    assert.deepEqual(record, {
      ...OPENING,
      time: '2026-01-02T04:00:00.000Z',
      requestUid: 'uid-8',
      message: `Refused 7 requests like the one of decision ${OPENING.decisionId}, from ${sampleRecord(2).time} to ${sampleRecord(8).time}`,
      initiatedBy: undefined,
      change: undefined,
      source: undefined,
      timings: undefined,
      trace: undefined,
      durationMs: 0,
      folded: {
        by: 'request',
        part: 1,
        count: 7,
        first: sampleRecord(2).time,
        last: sampleRecord(8).time,
        opening: PLACE,
        requestUids: ['uid-2', 'uid-3', 'uid-4', 'uid-5', 'uid-6'],
      },
    });
    assert.deepEqual(auditRecordSchema.safeParse(record).error, undefined);
  });

  it('begins a part with nothing counted; one that counted nothing has no number', () => {
    const folded = fold('request');
    const { id } = folded;
    folded.beginPart(monotonicMs(10));
    folded.join(sampleRecord(2));
    assert.deepEqual([folded.partKey, folded.count], [`${id}/1`, 1]);

    folded.beginPart(monotonicMs(20));

    assert.deepEqual([folded.partKey, folded.count], [`${id}/2`, 0]);
    assert.equal(folded.windowStartedAtMs, 20);
  });
});

describe('a fold of a code', () => {
  it('lists what was refused, and counts what has no room', () => {
    const folded = fold('code', 2);
    folded.join(account(2, 'a'));
    folded.join(account(3, 'b'));
    folded.join(account(4, 'a'));
    folded.join(account(5, 'c'));

    const { folded: summary, message } = folded.summarize(NOW_MS, undefined);

    assert.deepEqual(summary, {
      by: 'code',
      part: 1,
      count: 4,
      first: sampleRecord(2).time,
      last: sampleRecord(5).time,
      requestUids: ['uid-2', 'uid-3', 'uid-4', 'uid-5'],
      refusals: ['a', 'b'].map((name, index) => ({
        username: `system:serviceaccount:shop:${name}`,
        operation: 'UPDATE',
        object: `apps/deployments/shop/${name}`,
        kind: 'Deployment',
        count: 2 - index,
      })),
      unlisted: 1,
    });
    assert.ok(message.endsWith(': 2 different ones, 1 of them not listed'));
  });

  it('keeps of the user and the object what all have in common', () => {
    const folded = new Fold(
      account(1, 'a'),
      { by: 'code', key: 'k' },
      { nowMs: monotonicMs(0), listedMax: 10 },
    );
    folded.join(account(2, 'b'));

    const record = folded.summarize(NOW_MS, PLACE);

    assert.deepEqual(record.user, {
      username: 'system:serviceaccount:shop:*',
      groups: [],
      extra: {},
    });
    assert.deepEqual(record.object, {
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      subresource: '',
      kind: 'Deployment',
      namespace: 'shop',
      name: '*',
      uid: undefined,
    });
    assert.deepEqual(auditRecordSchema.safeParse(record).error, undefined);
  });
});
