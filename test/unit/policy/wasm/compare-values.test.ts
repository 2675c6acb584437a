import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import {
  areEqual,
  compareTexts,
  compareValues,
  findValue,
  sortedSet,
} from '../../../../src/policy/wasm/compare-values.ts';
import { parseRegoLiteral } from '../../../../src/policy/wasm/parse-rego-literal.ts';
import { formatRegoLiteral, RegoObject, RegoSet } from '../../../../src/policy/wasm/rego-value.ts';

/** In Rego's order. */
const ORDERED = [
  'null',
  'false',
  'true',
  '-1',
  '0.5',
  '1',
  '9007199254740993',
  '9007199254740994',
  '""',
  '"a"',
  '"\uffff"',
  '"😀"',
  '[]',
  '[1]',
  '[1, 2]',
  '[2]',
  '{}',
  '{"a": 1}',
  '{"a": 1, "b": 1}',
  '{"a": 2}',
  '{"b": 0}',
  'set()',
  '{1}',
  '{1, 2}',
  '{2}',
];

describe('compareValues()', () => {
  it('orders values as Rego does', () => {
    const values = ORDERED.toReversed().map(parseRegoLiteral);

    assert.deepEqual(values.toSorted(compareValues), ORDERED.map(parseRegoLiteral));
  });

  for (const [a, b] of [
    ['1', '1.0'],
    ['1e3', '1000'],
    ['0.1', '0.10'],
    ['{1, 2}', '{2, 1}'],
    ['{"a": 1, "b": 2}', '{"b": 2, "a": 1}'],
  ] as const) {
    it(`takes ${a} and ${b} for the same`, () => {
      assert.equal(areEqual(parseRegoLiteral(a), parseRegoLiteral(b)), true);
    });
  }

  it('tells numbers apart that differ beyond what JavaScript has', () => {
    assert.equal(
      compareValues(parseRegoLiteral('0.1000000000000000000001'), parseRegoLiteral('0.1')),
      1,
    );
  });
});

it('compareTexts() orders texts by their UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      const wanted = Buffer.compare(Buffer.from(a), Buffer.from(b));
      assert.equal(Math.sign(compareTexts(a, b)), wanted);
    }),
  );
});

it('sortedSet() keeps each item once, in order', () => {
  const set = sortedSet(['b', 'a', 'b']);

  assert.deepEqual(set, new RegoSet(['a', 'b']));
  assert.equal(formatRegoLiteral(set), '{"a","b"}');
});

it('findValue() finds a key that is written otherwise', () => {
  const object = parseRegoLiteral('{1.0: "a", [2]: "b"}');

  assert.ok(object instanceof RegoObject);
  assert.equal(findValue(object, parseRegoLiteral('1')), 'a');
  assert.equal(findValue(object, parseRegoLiteral('[2.0]')), 'b');
  assert.equal(findValue(object, 'c'), undefined);
});
