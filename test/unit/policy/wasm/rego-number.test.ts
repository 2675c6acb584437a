import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { BuiltinLimitError } from '../../../../src/policy/wasm/builtins/builtin.ts';
import {
  compareNumbers,
  formatRational,
  parseInteger,
  parseRational,
  roundToBits,
} from '../../../../src/policy/wasm/rego-number.ts';

describe('parseRational()', () => {
  for (const [text, numerator, denominator] of [
    ['12', 12n, 1n],
    ['-1.50', -150n, 100n],
    ['.5', 5n, 10n],
    ['5.', 5n, 1n],
    ['1e3', 1000n, 1n],
    ['+1.5E-2', 15n, 1000n],
  ] as const) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseRational(text), { numerator, denominator });
    });
  }

  for (const text of ['', '.', '1.2.3', 'e3', '1e', '0x1', '--1']) {
    it(`takes "${text}" for no number`, () => {
      assert.equal(parseRational(text), undefined);
    });
  }

  it('refuses an exponent whose digits would fill the memory', () => {
    assert.throws(
      () => parseRational('1e-1001'),
      new BuiltinLimitError('a number with an exponent of -1001 is too large'),
    );
  });
});

it('parseInteger() reads whole numbers in every form', () => {
  assert.deepEqual(['3', '-3.0', '30e-1', '123456789012345678901', '1.5', 'x'].map(parseInteger), [
    3n,
    -3n,
    3n,
    123_456_789_012_345_678_901n,
    undefined,
    undefined,
  ]);
});

it('compareNumbers() orders what JavaScript cannot tell apart, and takes what is no number for equal', () => {
  assert.equal(Math.sign(compareNumbers('9007199254740993', '9007199254740992')), 1);
  assert.equal(Math.sign(compareNumbers('1e400', '1e401')), -1);
  assert.equal(Math.sign(compareNumbers('1', '2')), -1);
  assert.equal(compareNumbers('1.0', '1'), 0);
  assert.equal(compareNumbers('x', 'yy'), 0);
});

it('formatRational() rounds half away from zero', () => {
  assert.deepEqual(
    [
      formatRational({ numerator: 1n, denominator: 3n }, 4),
      formatRational({ numerator: -1n, denominator: 8n }, 2),
      formatRational({ numerator: 0n, denominator: 1n }, 1),
    ],
    ['0.3333', '-0.13', '0.0'],
  );
});

it('roundToBits() rounds as a number of 53 bits is rounded', () => {
  assert.deepEqual(roundToBits({ numerator: 0n, denominator: 7n }, 53), {
    numerator: 0n,
    denominator: 1n,
  });
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 200n), 2n ** 200n), fc.bigInt(1n, 2n ** 20n), (a, b) => {
      const rounded = roundToBits({ numerator: a, denominator: b }, 53);
      const again = roundToBits(rounded, 53);
      assert.equal(rounded.numerator * again.denominator, again.numerator * rounded.denominator);
      if (b === 1n) assert.equal(Number(a), Number(rounded.numerator / rounded.denominator));
    }),
  );
});
