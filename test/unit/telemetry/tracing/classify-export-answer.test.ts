import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  classifyExportAnswer,
  type ExportOutcome,
} from '../../../../src/telemetry/tracing/classify-export-answer.ts';

function classify(httpStatus: number, text = '', retryAfterMs?: number): ExportOutcome {
  return classifyExportAnswer({ status: 'answered', httpStatus, text, retryAfterMs });
}

describe('classifyExportAnswer()', () => {
  it('takes 200 for accepted, with or without a message', () => {
    const accepted = { status: 'accepted', rejectedSpans: 0 };
    for (const text of ['', ' \n', '{}', '{"partialSuccess":{}}', '{"partialSuccess":null}']) {
      assert.deepEqual(classify(200, text), accepted, text);
    }
  });

  it('counts what was rejected', () => {
    const partial = (count: unknown) =>
      JSON.stringify({ partialSuccess: { rejectedSpans: count } });
    assert.deepEqual(classify(200, partial('3')), { status: 'accepted', rejectedSpans: 3 });
    assert.deepEqual(classify(200, partial(2)), { status: 'accepted', rejectedSpans: 2 });
  });

  it('refuses an answer of something else, without repeating it', () => {
    const refused = {
      status: 'refused',
      reason: 'The target answered with something other than OTLP',
    };
    for (const text of ['<html>secret</html>', '[]', '{"partialSuccess":{"rejectedSpans":-1}}']) {
      assert.deepEqual(classify(200, text), refused, text);
    }
    assert.deepEqual(classify(404, 'secret'), {
      status: 'refused',
      reason: 'The collector answered 404',
    });
    assert.deepEqual(classify(500), { status: 'refused', reason: 'The collector answered 500' });
  });

  it('repeats only what the specification allows to repeat', () => {
    for (const status of [429, 502, 503, 504]) {
      assert.deepEqual(classify(status, '', 1000), {
        status: 'retry',
        reason: `The collector answered ${status}`,
        retryAfterMs: 1000,
      });
    }
    assert.deepEqual(classifyExportAnswer({ status: 'unanswered', reason: 'refused' }), {
      status: 'retry',
      reason: 'refused',
    });
  });
});
