import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyWebhookAnswer } from '../../../../src/sinks/webhook/classify-webhook-answer.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';

const entries = sampleEntries(1, 2);

function classify(httpStatus: number, mode: 'structured' | 'batch' = 'batch'): unknown {
  return classifyWebhookAnswer(
    { status: 'answered', httpStatus, retryAfterMs: 5000, text: 'words', excerpt: 'words' },
    entries,
    mode,
  );
}

for (const [httpStatus, mode, outcome] of [
  [202, 'batch', { status: 'accepted', text: 'words' }],
  [302, 'batch', { status: 'retry', reason: 'The target answered 302: no redirect is followed' }],
  [400, 'batch', { status: 'too-large', reason: 'The target answered 400: words' }],
  [410, 'batch', { status: 'stopped', reason: 'The target answered 410: it is retired' }],
  [413, 'batch', { status: 'too-large', reason: 'The target answered 413: words' }],
  [
    415,
    'batch',
    {
      status: 'retry',
      reason: 'The target answered 415: set mode: structured if it knows no batches',
    },
  ],
  [
    415,
    'structured',
    {
      status: 'retry',
      reason: 'The target answered 415: it must accept application/cloudevents+json',
    },
  ],
  [429, 'batch', { status: 'retry', reason: 'The target answered 429: words', retryAfterMs: 5000 }],
] as const) {
  test(`classifyWebhookAnswer() understands ${httpStatus} to a ${mode} request`, () => {
    assert.deepEqual(classify(httpStatus, mode), outcome);
  });
}

test('classifyWebhookAnswer() tries again where there was no answer', () => {
  const answer = { status: 'unanswered', reason: 'The connection was refused' } as const;

  assert.deepEqual(classifyWebhookAnswer(answer, entries, 'batch'), {
    status: 'retry',
    reason: 'The connection was refused',
  });
});
