import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJsonLine } from '../../../../src/audit/export/format-json-line.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

const origin = { chain: 'C', cluster: 'prod', replica: 'r0' };
const entry = { sequence: 3, hash: 'h', previousHash: 'p' };

test('what is no record is a text', () => {
  assert.equal(
    formatJsonLine({ ...entry, recordJson: '{' }, origin),
    '{"cluster":"prod","replica":"r0","chain":"C","sequence":3,"hash":"h","previousHash":"p","record":"{"}',
  );
});

test('JSON holds the record as it was hashed, on one line', () => {
  const recordJson = JSON.stringify(sampleRecord(3));
  const broken = JSON.stringify(sampleRecord(3), undefined, 1);

  assert.ok(formatJsonLine({ ...entry, recordJson }, origin).endsWith(`,"record":${recordJson}}`));
  assert.equal(formatJsonLine({ ...entry, recordJson: broken }, origin).split('\n').length, 1);
});
