import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  isSpace,
  OUTLINE_STRIDE,
  scanJson,
  skipString,
  classifyNumber,
  type NumberClass,
} from '../../../src/base/json-scan.ts';

const DEPTH_MAX = 32;

function scan(text: string): ReturnType<typeof scanJson> {
  return scanJson(Buffer.from(text), DEPTH_MAX);
}

test('scanJson() counts keys outside strings only', () => {
  assert.equal(scan('{"a:b": ":", "c": {"d": ["e:f"]}}').keyCount, 3);
});

test('scanJson() finds the top-level members and none below', () => {
  assert.deepEqual(scan('{"a": 1,"b":{"c":[1,2]}}').members, [
    { key: { start: 1, end: 4 }, value: { start: 5, end: 7 } },
    { key: { start: 8, end: 11 }, value: { start: 12, end: 23 } },
  ]);
});

test('scanJson() outlines the members at depths 2 to 5, each with its depth and positions', () => {
  const text = '{"a":{"b": [1,2] ,"c":{"d":{"e":{"f":{}}}}}}';
  const { outline = [] } = scan(text);
  const found: unknown[] = [];
  for (let at = 0; at < outline.length; at += OUTLINE_STRIDE) {
    const [depth, keyStart, keyEnd, start, end] = outline.slice(at, at + OUTLINE_STRIDE);
    found.push([depth, text.slice(keyStart, keyEnd), text.slice(start, end)]);
  }

  assert.deepEqual(found, [
    [2, '"b"', ' [1,2] '],
    [2, '"c"', '{"d":{"e":{"f":{}}}}'],
    [3, '"d"', '{"e":{"f":{}}}'],
    [4, '"e"', '{"f":{}}'],
    [5, '"f"', '{}'],
  ]);
});

test('scanJson() outlines no text with more than a thousand members', () => {
  const members = (count: number): string =>
    `{"a":{${Array.from({ length: count }, (_, index) => `"${String(index)}":0`).join()}}}`;

  assert.equal(scan(members(1024)).outline?.length, 1024 * OUTLINE_STRIDE);
  assert.equal(scan(members(1025)).outline, undefined);
  assert.equal(scan(`{"a":{${':'.repeat(100_000)}`).outline, undefined);
});

test('scanJson() finds no members in an array', () => {
  assert.deepEqual(scan('[{"a":1},2]').members, []);
});

test('scanJson() suspects long integers, fractions and exponents, and nothing in a string', () => {
  const text = '["1.5",1,-12,123456789012345,1234567890123456,1.5,1e2,1E+2,true,null]';
  const found = scan(text).suspectNumbers.map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(found, ['1234567890123456', '1.5', '1e2', '1E+2']);
});

test('scanJson() stops at the first bracket beyond the depth', () => {
  assert.equal(scanJson(Buffer.from('[[1]]'), 2).depthExceeded, false);
  assert.equal(scanJson(Buffer.from('[[{}]]'), 2).depthExceeded, true);
});

test('scanJson() ends on an unterminated string', () => {
  assert.deepEqual(scan('{"a":"b\\'), {
    keyCount: 1,
    depthExceeded: false,
    suspectNumbers: [],
    members: [],
    outline: new Int32Array(),
  });
});

test('skipString() ends after the closing quote, not at an escaped one', () => {
  assert.equal(skipString(Buffer.from('"a\\"b" '), 0), 6);
});

test('isSpace() knows the four spaces of JSON', () => {
  const spaces = [0x20, 0x0a, 0x0d, 0x09, 0x0b, 0xa0, undefined].map(isSpace);
  assert.deepEqual(spaces, [true, true, true, true, false, false, false]);
});

test('scanJson() answers for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.equal(typeof scanJson(bytes, DEPTH_MAX).keyCount, 'number');
    }),
  );
});

test('scanJson() counts the keys that JSON.parse keeps', () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'small' }), (value) => {
      let keys = 0;
      JSON.stringify(value, (_key, inner: unknown) => {
        if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
          keys += Object.keys(inner).length;
        }
        return inner;
      });
      assert.equal(scanJson(Buffer.from(JSON.stringify(value)), 1000).keyCount, keys);
    }),
  );
});

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
