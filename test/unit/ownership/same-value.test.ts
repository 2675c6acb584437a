import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSameValue } from '../../../src/ownership/same-value.ts';

function isSame(from: unknown, to: unknown, { nodes = 1000, depthLeft = 50 } = {}): boolean {
  return isSameValue(from, to, { budget: { nodes }, depthLeft });
}

test('isSameValue() finds every JSON value the same as its copy', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(isSame(value, structuredClone(value), { nodes: Number.MAX_SAFE_INTEGER }), true);
    }),
  );
});

test('isSameValue() ignores the order of keys', () => {
  assert.equal(isSame({ a: 1, b: {} }, { b: {}, a: 1 }), true);
});

const DIFFERENT: readonly (readonly [unknown, unknown])[] = [
  [1, 2],
  [1, '1'],
  [null, {}],
  [{}, null],
  [{}, []],
  [[], {}],
  [[1], [1, 2]],
  [
    [1, 2],
    [2, 1],
  ],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: 1, b: 1 }],
  [{ a: {} }, { b: {} }],
  [{ a: { b: 1 } }, { a: { b: 2 } }],
  [JSON.parse('{"__proto__":{}}'), { a: 1 }],
  [JSON.parse('{"__proto__":{}}'), { a: {} }],
];

for (const [from, to] of DIFFERENT) {
  test(`isSameValue() tells ${JSON.stringify(from)} from ${JSON.stringify(to)}`, () => {
    assert.equal(isSame(from, to), false);
  });
}

test('isSameValue() counts what it may not look at as different', () => {
  assert.equal(isSame([[1]], [[1]], { nodes: 2 }), false);
  assert.equal(isSame([[1]], [[1]], { depthLeft: 1 }), false);
});
