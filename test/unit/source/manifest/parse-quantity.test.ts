import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSameQuantity, parseQuantity } from '../../../../src/source/manifest/parse-quantity.ts';

for (const [one, other] of [
  ['1000m', '1'],
  [1, '1'],
  [0.5, '500m'],
  ['0.5Gi', '512Mi'],
  ['1e3', '1k'],
  ['1E3', '1000'],
  ['1.5', '1500m'],
  ['.5', '500m'],
  ['5.', '5'],
  ['+1', '1'],
  ['-1', '-1000m'],
  ['1E', '1e18'],
  ['100u', '1m'],
  ['1n', '1m'],
  ['1e-3', '1m'],
  ['0.0000000001', '1n'],
] as const) {
  test(`isSameQuantity() takes ${one} for ${other}`, () => {
    assert.ok(isSameQuantity(one, other));
    assert.ok(isSameQuantity(other, one));
  });
}

for (const [one, other] of [
  ['1', '2'],
  ['1Ki', '1k'],
  ['1', '-1'],
  ['1', 'one'],
  ['', ''.padEnd(1)],
  ['.', '0'],
  ['1ki', '1Ki'],
  [true, '1'],
  ['1e999', '1e998'],
  ['9'.repeat(65), '9'.repeat(66)],
] as const) {
  test(`isSameQuantity() tells ${String(one).slice(0, 20)} from ${other.slice(0, 20)}`, () => {
    assert.equal(isSameQuantity(one, other), false);
  });
}

test('isSameQuantity() takes what is no quantity for itself', () => {
  assert.ok(isSameQuantity('none', 'none'));
});

test('parseQuantity() answers for any text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const nano = parseQuantity(text);
      assert.ok(nano === undefined || typeof nano === 'bigint');
    }),
  );
});
