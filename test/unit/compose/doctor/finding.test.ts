import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unreadable } from '../../../../src/compose/doctor/finding.ts';

test('what cannot be read is unknown, and not absent', () => {
  assert.deepEqual(unreadable('The registration', { reason: 'no answer' }), {
    code: 'unreadable',
    status: 'unknown',
    message: 'The registration cannot be read: no answer',
    remedy: 'Run it again as somebody who may read it, or inside the cluster',
  });
});

test('what nobody granted is named as not looked at', () => {
  assert.partialDeepStrictEqual(
    unreadable('The list of pods', { reason: 'you may not list pods', isForbidden: true }),
    {
      code: 'not_looked_at',
      status: 'unknown',
      message: 'The list of pods was not looked at: you may not list pods',
    },
  );
});
