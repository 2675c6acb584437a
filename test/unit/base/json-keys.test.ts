import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findDuplicateKey, findText, readString } from '../../../src/base/json-keys.ts';

const DUPLICATES: readonly (readonly [string, readonly (string | number)[]])[] = [
  ['{"a":1,"a":2}', ['a']],
  ['{"a":1,"\\u0061":2}', ['a']],
  ['{"x":[{"a":1},{"b":{"c":1,"d":2,"c":3}}]}', ['x', 1, 'b', 'c']],
  ['{"a":{"a":{"a":1}},"b":"a"}', []],
  ['[{"a":1},{"a":2}]', []],
  ['{"a":"a","b":"a"}', []],
  ['{"__proto__":1,"__proto__":2}', ['__proto__']],
  ['{"":1,"":2}', ['']],
  ['"a"', []],
];

for (const [text, expected] of DUPLICATES) {
  test(`findDuplicateKey() answers ${JSON.stringify(expected)} for ${text}`, () => {
    assert.deepEqual(findDuplicateKey(Buffer.from(text), 32), expected);
  });
}

const TEXTS: readonly (readonly [string, string | undefined])[] = [
  ['{"request":{"uid":"u1"}}', 'u1'],
  ['{"other":{"uid":"no"},"request": {"x":{"uid":"no"},"uid" :\t\n\r "u\\u0031"}}', 'u1'],
  ['{"request":{"uid":5}}', undefined],
  ['{"request":[{"uid":"u1"}]}', undefined],
  ['{"request":{"uid":"\\x"}}', undefined],
  ['{"request":{"uid":"cut', undefined],
  ['{"request":{"uid":', undefined],
  ['{"deep":[[[[1]]]],"request":{"uid":"u1"}}', undefined],
  ['}]:,"', undefined],
  ['{:1,"request":{"uid":"u1"}}', 'u1'],
];

for (const [text, expected] of TEXTS) {
  test(`findText() answers ${String(expected)} for ${text}`, () => {
    assert.equal(findText(Buffer.from(text), ['request', 'uid'], 4), expected);
  });
}

test('readString() answers nothing for a text that is no JSON string', () => {
  assert.equal(readString(Buffer.from('12'), 0, 2), undefined);
});

test('findText() and findDuplicateKey() answer for any text', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', 'a', '1', ' '),
        maxLength: 60,
      }),
      (text) => {
        const bytes = Buffer.from(text);
        findDuplicateKey(bytes, 8);
        findText(bytes, ['a'], 8);
      },
    ),
  );
});
