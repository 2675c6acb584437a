import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { areEqual } from '../../../../src/policy/wasm/compare-values.ts';
import { parseRegoLiteral } from '../../../../src/policy/wasm/parse-rego-literal.ts';
import {
  formatRegoLiteral,
  isRegoArray,
  regoInteger,
  RegoNumber,
  RegoObject,
  RegoSet,
  type RegoValue,
} from '../../../../src/policy/wasm/rego-value.ts';

describe('parseRegoLiteral()', () => {
  for (const [text, wanted] of [
    ['null', null],
    ['true', true],
    [' false ', false],
    ['-1.50e+3', new RegoNumber('-1.50e+3')],
    ['12345678901234567890', new RegoNumber('12345678901234567890')],
    ['-.5', new RegoNumber('-.5')],
    ['"a\\"b\\\\\\u00e9\\n"', 'a"b\\é\n'],
    ['[]', []],
    ['[1, "a"]', [new RegoNumber('1'), 'a']],
    ['{}', new RegoObject([])],
    ['set()', new RegoSet([])],
    ['set( )', new RegoSet([])],
    ['{1}', new RegoSet([new RegoNumber('1')])],
    ['{{"a"}, set()}', new RegoSet([new RegoSet([]), new RegoSet(['a'])])],
    [
      '{"a": {1: [true]}, null: "b"}',
      new RegoObject([
        [null, 'b'],
        ['a', new RegoObject([[new RegoNumber('1'), [true]]])],
      ]),
    ],
  ] as const satisfies readonly (readonly [string, RegoValue])[]) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseRegoLiteral(text), wanted);
    });
  }

  for (const text of [
    '',
    'x',
    '[1',
    '[1 2]',
    '{1',
    '{"a": 1',
    '{"a": 1, 2}',
    'set(',
    'set(1)',
    '"a',
    '1 2',
    '{"a": }',
    '-',
  ]) {
    it(`refuses ${text === '' ? 'nothing' : text}`, () => {
      assert.throws(() => parseRegoLiteral(text), {
        name: 'SyntaxError',
        message: /^Cannot read a Rego value at character \d+$/,
      });
    });
  }
});

function arbitraryValue(): fc.Arbitrary<RegoValue> {
  const { value } = fc.letrec<{ value: RegoValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, false),
      fc.string({ unit: 'binary' }),
      fc.bigInt().map(regoInteger),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((n) => new RegoNumber(JSON.stringify(n))),
      fc.array(tie('value')),
      fc.array(tie('value')).map((items) => new RegoSet(items)),
      fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new RegoObject(entries)),
    ),
  }));
  return value;
}

describe('formatRegoLiteral()', () => {
  it('writes what parseRegoLiteral() reads', () => {
    fc.assert(
      fc.property(arbitraryValue(), (value) => {
        // It puts sets and objects in order.
        assert.ok(areEqual(parseRegoLiteral(formatRegoLiteral(value)), value));
      }),
    );
  });
});

it('isRegoArray() tells arrays from sets and objects', () => {
  assert.deepEqual([[], new RegoSet([]), new RegoObject([]), 'a', null].map(isRegoArray), [
    true,
    false,
    false,
    false,
    false,
  ]);
});
