import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyOtlpAnswer } from '../../../../src/sinks/otlp/classify-otlp-answer.ts';
import type { TargetAnswer } from '../../../../src/sinks/http/http-target.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';

const ENTRIES = sampleEntries(1, 2);

function answered(httpStatus: number, text = ''): TargetAnswer {
  return { status: 'answered', httpStatus, retryAfterMs: undefined, text, excerpt: text };
}

test('classifyOtlpAnswer() takes an answer that rejects nothing as a delivery', () => {
  for (const text of [
    '',
    ' ',
    '{}',
    '{"partialSuccess":{}}',
    '{"partialSuccess":null}',
    '{"partialSuccess":{"rejectedLogRecords":0,"errorMessage":"a warning"}}',
    '{"partialSuccess":{"rejectedLogRecords":"0"}}',
  ]) {
    assert.deepEqual(
      classifyOtlpAnswer(answered(200, text), ENTRIES),
      { status: 'delivered' },
      text,
    );
  }
});

test('classifyOtlpAnswer() keeps all where some were rejected, because it is not said which', () => {
  for (const count of ['1', 1]) {
    const text = JSON.stringify({
      partialSuccess: { rejectedLogRecords: count, errorMessage: 'too long' },
    });

    assert.deepEqual(classifyOtlpAnswer(answered(200, text), ENTRIES), {
      status: 'refused',
      sequences: [1, 2],
      reason: 'The target rejected 1 of 2 records: too long',
    });
  }
});

test('classifyOtlpAnswer() does not take anything else for an answer', () => {
  for (const text of ['<html>', '[]', '7', '{"partialSuccess":{"rejectedLogRecords":-1}}']) {
    assert.deepEqual(classifyOtlpAnswer(answered(200, text), ENTRIES), {
      status: 'retry',
      reason: 'The target answered with something other than OTLP',
    });
  }
});

test('classifyOtlpAnswer() tries again where the specification allows it, and where it is about us', () => {
  for (const status of [401, 403, 404, 429, 502, 503, 504]) {
    assert.equal(classifyOtlpAnswer(answered(status), ENTRIES).status, 'retry');
  }
  assert.equal(
    classifyOtlpAnswer({ status: 'unanswered', reason: 'The connection was refused' }, ENTRIES)
      .status,
    'retry',
  );
  assert.equal(classifyOtlpAnswer(answered(400), ENTRIES).status, 'too-large');
  for (const status of [500, 501, 505]) {
    assert.equal(classifyOtlpAnswer(answered(status), ENTRIES).status, 'refused');
  }
});
