import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexColumnsOf } from '../../../../src/audit/journal/parse-record.ts';
import type { StoredEntry } from '../../../../src/audit/journal/stored-entry.ts';
import { diffIndex } from '../../../../src/audit/verify/check-index.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

const record = sampleRecord(3);
const entry: StoredEntry = {
  sequence: 3,
  previousHash: '',
  hash: '',
  recordJson: JSON.stringify(record),
  index: indexColumnsOf(record),
};

test('columns that say what the record says do not differ', () => {
  const diff = diffIndex(entry);

  assert.deepEqual(diff.columns, []);
  assert.equal(diff.record?.decisionId, record.decisionId);
});

test('every column is compared', () => {
  const index = {
    timeMs: 0,
    decisionId: 'x',
    username: undefined,
    namespace: 'x',
    object: 'x',
    allowed: undefined,
    code: 'x',
  };

  assert.deepEqual(diffIndex({ ...entry, index }).columns, [
    'time_ms',
    'decision_id',
    'username',
    'namespace',
    'object',
    'allowed',
    'code',
  ]);
});

test('a record that cannot be read is absent', () => {
  assert.deepEqual(diffIndex({ ...entry, recordJson: '{' }), { columns: [] });
});
