import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAuditRecord } from '../../../src/audit/audit-record.ts';
import { fitRecord } from '../../../src/audit/fit-record.ts';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import { AUDIT_LIMITS } from '../../../src/audit/settings.ts';
import { sampleRecord } from '../../support/journal-samples.ts';

const SMALLEST = AUDIT_LIMITS['audit.journal.recordBytesMax'].minimum;
const LONG = 'ä'.repeat(200_000);

test('a record within the limit stays as it is', () => {
  const record = sampleRecord();

  const fitted = fitRecord(record, SMALLEST);

  assert.equal(fitted.record, record);
  assert.equal(fitted.json, canonicalJson(record));
});

test('a long message is cut where it is long, and the rest stays', () => {
  const record = sampleRecord(1, { message: LONG });

  const fitted = fitRecord(record, SMALLEST);

  assert.deepEqual(fitted.record, {
    ...record,
    message: `${'ä'.repeat(4095)}…`,
    cut: ['message'],
  });
});

test('a cut never leaves half a character', () => {
  const record = sampleRecord(1, { message: `${'a'.repeat(4094)}😀${LONG}` });

  assert.equal(fitRecord(record, SMALLEST).record.message.isWellFormed(), true);
});

test('a map loses the keys that are too long, so that no cut key becomes another', () => {
  const extra = { [LONG]: ['x'], short: ['y'] };
  const record = sampleRecord(1, { user: { username: 'alice', groups: [], extra } });

  assert.deepEqual(fitRecord(record, SMALLEST).record.user.extra, { short: ['y'] });
});

test('the worst record fits the smallest limit, and still is a record that can be found', () => {
  const many = Array.from({ length: 300 }, () => LONG.slice(0, 300));
  const extra = Object.fromEntries(many.map((value, index) => [`${index}${value}`, many]));
  const path = { path: LONG, segments: many, kind: 'changed' as const, from: LONG, to: LONG };
  const verdict = {
    policy: LONG,
    mode: 'enforce' as const,
    status: 'denied' as const,
    codes: many,
  };
  const fitted = fitRecord(
    sampleRecord(1, {
      message: LONG,
      user: { username: LONG, uid: LONG, groups: many, extra },
      object: { ...sampleRecord().object, name: LONG, namespace: LONG, kind: LONG },
      change: {
        semantic: true,
        paths: Array.from({ length: 20 }, () => path),
        protectedKeys: many,
        truncated: true,
      },
      policies: Array.from({ length: 20 }, () => verdict),
    }),
    SMALLEST,
  );

  assert.ok(Buffer.byteLength(fitted.json) <= SMALLEST);
  assert.ok(isAuditRecord(fitted.record));
  assert.equal(fitted.record.decisionId, sampleRecord().decisionId);
  assert.deepEqual(fitted.record.cut, ['user', 'object', 'message', 'policies', 'change']);
});

test('whatever a record holds, its JSON fits and says the same as the record', () => {
  const groups = fc.array(fc.string({ maxLength: 5000 }), { maxLength: 60 });
  fc.assert(
    fc.property(groups, fc.string({ maxLength: 100_000 }), (list, message) => {
      const user = { username: 'a', groups: list, extra: {} };
      const { json, record } = fitRecord(sampleRecord(1, { user, message }), SMALLEST);
      assert.ok(Buffer.byteLength(json) <= SMALLEST);
      assert.equal(canonicalJson(record), json);
    }),
    { numRuns: 30 },
  );
});

const INPUT = { request: { object: { data: 'x'.repeat(10_000) } }, facts: {} };

test('what the policies were given goes first and whole, where it is larger than its own limit', () => {
  const record = sampleRecord(1, { input: INPUT });

  assert.equal(fitRecord(record, SMALLEST).record, record);
  assert.deepEqual(fitRecord(record, SMALLEST, 5000).record, {
    ...sampleRecord(1),
    cut: ['input'],
  });
});

test('a record that is too large with it keeps everything else', () => {
  const message = 'm'.repeat(60_000);
  const record = sampleRecord(1, { input: INPUT, message });

  const fitted = fitRecord(record, SMALLEST);

  assert.deepEqual(fitted.record, { ...sampleRecord(1, { message }), cut: ['input'] });
});

test('a record that is too large without it, too, names both that were cut', () => {
  const record = sampleRecord(1, { input: INPUT, message: 'm'.repeat(100_000) });

  assert.deepEqual(fitRecord(record, SMALLEST).record.cut, ['input', 'message']);
});
