import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parseStrictJson } from '../../../../src/base/strict-json.ts';
import { formatInput, formatParameters } from '../../../../src/policy/wasm/format-input.ts';
import { planPruning } from '../../../../src/policy/wasm/prune-json.ts';

function format(requestJson: string, parameters: Parameters<typeof formatParameters>[0]): string {
  const parts = { requestJson: Buffer.from(requestJson), facts: { a: 'ü' } };
  const input = formatInput({ ...parts, parametersJson: formatParameters(parameters) });
  return Buffer.from(input).toString();
}

describe('formatInput()', () => {
  it('carries the request as it came, byte by byte', () => {
    const request = '{ "n": 1.00, "big": 12345678901234567890, "é": "\\u00e9" }';

    assert.equal(
      format(request, [
        ['one', { limit: 3 }],
        ['two', {}],
      ]),
      `{"request":${request},"facts":{"a":"ü"},"parameters":{"one":{"limit":3},"two":{}}}`,
    );
  });

  it('carries only the parts of the request that are kept, where it is known where they are', () => {
    const review = Buffer.from('{"request":{"uid":"1","name":"a"}}');
    const parsed = parseStrictJson(review, { depthMax: 8 });
    assert.ok(parsed.ok && parsed.outline);
    const requestJson = review.subarray(11, -1);
    const pruning = planPruning({ name: true });
    const given = { requestJson, facts: {}, parametersJson: formatParameters([]), pruning };
    const requestOutline = { outline: parsed.outline, start: 11 };

    assert.equal(
      Buffer.from(formatInput({ ...given, requestOutline })).toString(),
      '{"request":{"name":"a"},"facts":{},"parameters":{}}',
    );
    assert.equal(
      Buffer.from(formatInput(given)).toString(),
      '{"request":{"uid":"1","name":"a"},"facts":{},"parameters":{}}',
    );
  });

  it('writes facts whose texts are no whole characters as UTF-8', () => {
    const parts = { requestJson: Buffer.from('{}'), facts: { a: '\ud800' } };
    const input = formatInput({ ...parts, parametersJson: formatParameters([['ü', {}]]) });

    assert.equal(
      Buffer.from(input).toString(),
      '{"request":{},"facts":{"a":"\\ud800"},"parameters":{"ü":{}}}',
    );
  });

  it('writes facts and parameters last, so that a request cannot bring its own', () => {
    const parsed: unknown = JSON.parse(format('{},"facts":{"a":"forged"},"parameters":{}', []));

    assert.deepEqual(parsed, { request: {}, facts: { a: 'ü' }, parameters: {} });
  });
});
