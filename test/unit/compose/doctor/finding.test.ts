import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unreadable } from '../../../../src/compose/doctor/finding.ts';

test('what cannot be read is unknown, and not absent', () => {
  assert.deepEqual(unreadable('The registration', 'no answer'), {
    code: 'unreadable',
    status: 'unknown',
    message: 'The registration cannot be read: no answer',
    remedy: 'Run it again as somebody who may read it, or inside the cluster',
  });
});
