import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  formatRegoValue,
  isPrintableGo,
  quoteGo,
} from '../../../../../src/policy/wasm/builtins/format-value.ts';
import { parseRegoLiteral } from '../../../../../src/policy/wasm/parse-rego-literal.ts';

describe('formatRegoValue()', () => {
  for (const [literal, wanted] of [
    ['null', 'null'],
    ['true', 'true'],
    ['1.50', '1.50'],
    ['"a\\"b"', '"a\\"b"'],
    ['["a",1]', '["a", 1]'],
    ['{"a":1,"b":{}}', '{"a": 1, "b": {}}'],
    ['{1,"x"}', '{1, "x"}'],
    ['set()', 'set()'],
  ] as const) {
    it(`prints ${literal} as OPA does`, () => {
      assert.equal(formatRegoValue(parseRegoLiteral(literal)), wanted);
    });
  }
});

describe('quoteGo()', () => {
  for (const [text, wanted, ascii] of [
    [
      'a\u0007\b\f\n\r\t\v\\"',
      '"a\\a\\b\\f\\n\\r\\t\\v\\\\\\""',
      '"a\\a\\b\\f\\n\\r\\t\\v\\\\\\""',
    ],
    ['é😀', '"é😀"', '"\\u00e9\\U0001f600"'],
    ['\u0001\u007f', '"\\x01\\x7f"', '"\\x01\\x7f"'],
    ['\u00a0\u2028\u{e0001}', '"\\u00a0\\u2028\\U000e0001"', '"\\u00a0\\u2028\\U000e0001"'],
    ['\ud800', '"\ufffd"', '"\\ufffd"'],
  ] as const) {
    it(`quotes ${JSON.stringify(text)}`, () => {
      assert.deepEqual([quoteGo(text), quoteGo(text, { ascii: true })], [wanted, ascii]);
    });
  }

  it('quotes a character', () => {
    assert.equal(quoteGo("'", { quote: "'" }), "'\\''");
  });
});

it('isPrintableGo() takes the ASCII space, and no other', () => {
  assert.deepEqual(['a', ' ', '\u00a0', '\n', ''].map(isPrintableGo), [
    true,
    true,
    false,
    false,
    false,
  ]);
});
