import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classifyNumber, type NumberClass } from '../../../src/base/json-number.ts';

const CASES: readonly (readonly [text: string, expected: NumberClass])[] = [
  ['0', 'exact'],
  ['-0', 'exact'],
  ['0.000', 'exact'],
  ['0e999999', 'exact'],
  ['1.0', 'exact'],
  ['1.50', 'exact'],
  ['1e3', 'exact'],
  ['1E+3', 'exact'],
  ['100e-2', 'exact'],
  ['0.1', 'exact'],
  ['5e-324', 'exact'],
  ['1.7976931348623157e308', 'exact'],
  ['9007199254740992', 'exact'],
  ['9007199254740993', 'inexact'],
  ['-9007199254740993', 'inexact'],
  ['18446744073709551615', 'inexact'],
  ['100000000000000000000000', 'exact'],
  ['0.10000000000000000001', 'inexact'],
  ['1e-400', 'inexact'],
  ['4e-324', 'inexact'],
  ['1e400', 'infinite'],
  ['-1e400', 'infinite'],
];

for (const [text, expected] of CASES) {
  test(`classifyNumber() finds ${text} ${expected}`, () => {
    assert.equal(classifyNumber(text), expected);
  });
}

test('classifyNumber() finds every float that prints itself exact', () => {
  fc.assert(
    fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (float) => {
      assert.equal(classifyNumber(String(float)), 'exact');
    }),
  );
});

test('classifyNumber() finds an integer exact if and only if its float prints the same integer', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 69n), max: 2n ** 69n }), (integer) => {
      const printed = BigInt(String(Number(integer)));
      assert.equal(classifyNumber(String(integer)), printed === integer ? 'exact' : 'inexact');
    }),
  );
});
