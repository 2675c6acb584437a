import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecord } from '../../../src/base/is-record.ts';

test('isRecord() takes objects, and neither null, arrays nor single values', () => {
  assert.deepEqual(
    [{}, { a: 1 }, null, undefined, [], 'text', 7, true].map((value) => isRecord(value)),
    [true, true, false, false, false, false, false, false],
  );
});
