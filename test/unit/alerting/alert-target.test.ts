import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyPostAnswer } from '../../../src/alerting/alert-target.ts';

const answered = (httpStatus: number, excerpt = '', retryAfterMs?: number) =>
  classifyPostAnswer({ status: 'answered', httpStatus, text: '', excerpt, retryAfterMs }, 202);

test('classifyPostAnswer() accepts, refuses for good, or tries again', () => {
  assert.deepEqual(answered(202), { status: 'accepted' });
  for (const code of [400, 413, 422]) {
    assert.deepEqual(answered(code, 'why'), {
      status: 'refused',
      reason: `The service answered ${code}: why`,
    });
  }
  for (const code of [200, 302, 401, 403, 404, 429, 500, 503]) {
    assert.deepEqual(answered(code, '', 5), {
      status: 'retry',
      reason: `The service answered ${code}`,
      answered: true,
      retryAfterMs: 5,
    });
  }
  assert.deepEqual(classifyPostAnswer({ status: 'unanswered', reason: 'No route' }, 202), {
    status: 'retry',
    reason: 'No route',
    answered: false,
  });
});
