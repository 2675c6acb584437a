import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseQueryAnswer } from '../../../../src/freeze/breaker/parse-query-answer.ts';

function vectorOf(...values: readonly string[]): string {
  const result = values.map((value) => ({ metric: {}, value: [1_764_500_000.5, value] }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

const NONE = {
  status: 'lost',
  reason: 'The query finds no number: append "or vector(0)" where that means none',
};

describe('parseQueryAnswer()', () => {
  for (const [value, number] of [
    ['0.0125', 0.0125],
    ['0', 0],
    ['-3', -3],
    ['1e-05', 0.00001],
    ['2.5E+10', 2.5e10],
    ['+Inf', Infinity],
    ['-Inf', -Infinity],
  ] as const) {
    it(`reads ${value}`, () => {
      assert.deepEqual(parseQueryAnswer(vectorOf(value)), { status: 'read', value: number });
    });
  }

  it('reads a scalar', () => {
    const data = { resultType: 'scalar', result: [1, '7'] };
    assert.deepEqual(parseQueryAnswer(JSON.stringify({ status: 'success', data })), {
      status: 'read',
      value: 7,
    });
  });

  it('takes the largest of several series, and leaves out what is no number', () => {
    assert.deepEqual(parseQueryAnswer(vectorOf('1', 'NaN', '3', '2')), {
      status: 'read',
      value: 3,
    });
  });

  it('is lost where there is none', () => {
    assert.deepEqual(parseQueryAnswer(vectorOf()), NONE);
    assert.deepEqual(parseQueryAnswer(vectorOf('NaN', '', '0x10', ' 1')), NONE);
  });

  it('says what Prometheus says is wrong, in few words', () => {
    const error = `parse error: ${'x'.repeat(500)}`;
    const answer = parseQueryAnswer(
      JSON.stringify({ status: 'error', errorType: 'bad_data', error }),
    );
    assert.deepEqual(answer, { status: 'lost', reason: error.slice(0, 200) });
  });

  for (const text of ['', '<html>', '[]', '{"status":"success"}', vectorOf('1').slice(0, -1)]) {
    it(`is lost where it is no answer: ${text.slice(0, 20)}`, () => {
      assert.deepEqual(parseQueryAnswer(text), {
        status: 'lost',
        reason: 'It is no answer to a query',
      });
    });
  }

  it('is lost where it is of another type', () => {
    const data = { resultType: 'matrix', result: [] };
    assert.equal(parseQueryAnswer(JSON.stringify({ status: 'success', data })).status, 'lost');
  });
});
