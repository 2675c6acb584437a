import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyAnswer, refuse } from '../../../../src/sinks/http/classify-answer.ts';
import type { TargetAnswer } from '../../../../src/sinks/http/http-target.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';

function answered(httpStatus: number, excerpt = ''): TargetAnswer {
  return { status: 'answered', httpStatus, retryAfterMs: 9, text: 'whole text', excerpt };
}

test('classifyAnswer() leaves the body of a success to the sink', () => {
  for (const status of [200, 202, 204, 299]) {
    assert.deepEqual(classifyAnswer(answered(status), sampleEntries(1, 2)), {
      status: 'accepted',
      text: 'whole text',
    });
  }
});

test('classifyAnswer() tries again where there was no answer', () => {
  const answer: TargetAnswer = { status: 'unanswered', reason: 'The connection was refused' };

  assert.deepEqual(classifyAnswer(answer, sampleEntries(1, 2)), {
    status: 'retry',
    reason: 'The connection was refused',
  });
});

test('classifyAnswer() blames the records for a faulty request alone', () => {
  for (const status of [400, 413, 422]) {
    assert.deepEqual(classifyAnswer(answered(status, 'why'), sampleEntries(4, 4)), {
      status: 'refused',
      sequences: [4],
      reason: `The target answered ${status}: why`,
    });
  }
  for (const status of [100, 401, 403, 404, 408, 410, 418, 429, 500, 503]) {
    assert.deepEqual(classifyAnswer(answered(status), sampleEntries(4, 4)), {
      status: 'retry',
      reason: `The target answered ${status}`,
      retryAfterMs: 9,
    });
  }
});

test('classifyAnswer() says of a redirect that it is not followed', () => {
  for (const status of [300, 302, 399]) {
    assert.deepEqual(classifyAnswer(answered(status, 'Moved'), sampleEntries(4, 4)), {
      status: 'retry',
      reason: `The target answered ${status}: no redirect is followed`,
    });
  }
});

test('refuse() blames nobody while several are suspects', () => {
  assert.deepEqual(refuse(sampleEntries(1, 2), 'bad'), { status: 'too-large', reason: 'bad' });
});
