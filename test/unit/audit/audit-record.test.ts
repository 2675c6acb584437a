import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAuditRecord } from '../../../src/audit/audit-record.ts';
import { sampleRecord } from '../../support/journal-samples.ts';

test('what was written as a record is read as one', () => {
  assert.equal(isAuditRecord(JSON.parse(JSON.stringify(sampleRecord()))), true);
});

for (const [what, value] of [
  ['null', null],
  ['a text', 'x'],
  ['an empty object', {}],
  ['another version', { ...sampleRecord(), schemaVersion: 2 }],
  ['a record without a time', { ...sampleRecord(), time: undefined }],
  ['a record without a user', { ...sampleRecord(), user: null }],
  ['a record whose policies are no list', { ...sampleRecord(), policies: {} }],
] as const) {
  test(`${what} is no record`, () => {
    assert.equal(isAuditRecord(value), false);
  });
}
