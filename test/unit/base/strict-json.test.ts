import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseStrictJson, type StrictJsonFailure } from '../../../src/base/strict-json.ts';

const options = { depthMax: 8 };

function parse(text: string): ReturnType<typeof parseStrictJson> {
  return parseStrictJson(Buffer.from(text), options);
}

function valueOf(text: string): unknown {
  const parsed = parse(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
  return parsed.value;
}

const REFUSED: readonly (readonly [Uint8Array | string, StrictJsonFailure, string])[] = [
  ['', 'empty', 'The document is empty'],
  [new Uint8Array([0x22, 0xff, 0x22]), 'invalid_utf8', 'The document is not UTF-8'],
  [new Uint8Array([0x22, 0xc0, 0x80, 0x22]), 'invalid_utf8', 'The document is not UTF-8'],
  [new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 'invalid_utf8', 'The document is not UTF-8'],
  ['\u{feff}{}', 'byte_order_mark', 'The document begins with a byte order mark'],
  ['[[[[[[[[[1]]]]]]]]]', 'nested_too_deep', 'The document is nested deeper than 8 levels'],
  ['[['.repeat(100_000), 'nested_too_deep', 'The document is nested deeper than 8 levels'],
  ['{"a":1,}', 'malformed', 'The document is not JSON at character 7'],
  ['{"a":1', 'malformed', 'The document is not JSON at character 6'],
  ['{"a":', 'malformed', 'The document is not JSON: it ends too early'],
  ['{} {}', 'malformed', 'The document is not JSON at character 3'],
  ['[secret]', 'malformed', 'The document is not JSON'],
  ['NaN', 'malformed', 'The document is not JSON'],
  ['{"a":01}', 'malformed', 'The document is not JSON at character 6'],
  ['{"a":1,"a":1}', 'duplicate_key', 'The key "a" is written twice'],
  ['{"a":[{"b c":1,"b\\u0020c":2}]}', 'duplicate_key', 'The key "a[0]["b c"]" is written twice'],
  ['{"x":{"y":{"z":1,"z":2}}}', 'duplicate_key', 'The key "x.y.z" is written twice'],
  ['{"n":1e400}', 'number_out_of_range', 'The number at byte 5 is beyond ±1.8e308'],
  ['[-1e400]', 'number_out_of_range', 'The number at byte 1 is beyond ±1.8e308'],
];

for (const [input, code, message] of REFUSED) {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  test(`parseStrictJson() refuses ${JSON.stringify(Buffer.from(bytes.subarray(0, 32)).toString())} as ${code}`, () => {
    assert.deepEqual(parseStrictJson(bytes, options), { ok: false, code, message });
  });
}

test('parseStrictJson() keeps the end of a long path in its message', () => {
  const key = 'k'.repeat(300);
  assert.deepEqual(parse(`{"${key}":1,"${key}":2}`), {
    ok: false,
    code: 'duplicate_key',
    message: `The key "…${'k'.repeat(200)}" is written twice`,
  });
});

test('parseStrictJson() reads the values that JSON.parse reads', () => {
  const text = '{"a":[1,-2.5,1e3,true,false,null,"\\ud83d\\ude00 ü"],"b":{"c":{}}}';
  assert.deepEqual(valueOf(text), JSON.parse(text));
});

test('parseStrictJson() keeps every digit of numbers that a float cannot hold', () => {
  const text =
    '{"big":9223372036854775807,"small":1,"fine":0.5,"long":0.10000000000000000001,"s":"x"}';
  assert.equal(JSON.stringify(valueOf(text)), text);
});

test('parseStrictJson() keeps an own __proto__ key without touching any prototype', () => {
  const value = valueOf('{"__proto__":{"polluted":true},"big":9223372036854775807}');
  assert.ok(typeof value === 'object' && value !== null);
  assert.deepEqual(Object.keys(value), ['__proto__', 'big']);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal('polluted' in {}, false);
});

test('parseStrictJson() says where a top-level member lies', () => {
  const bytes = Buffer.from(' { "a" : 1 ,\n "request" :\t{"b": "ü"}\r\n, "\\u0063" : [2] } ');
  const parsed = parseStrictJson(bytes, options);
  assert.ok(parsed.ok);
  const slices = ['a', 'request', 'c', 'b', 'missing'].map((name) => {
    const range = parsed.memberRange(name);
    return range && bytes.subarray(range.start, range.end).toString();
  });
  assert.deepEqual(slices, ['1', '{"b": "ü"}', '[2]', undefined, undefined]);
});

test('parseStrictJson() reads a part of a larger buffer', () => {
  const bytes = Buffer.from('xx{"a":1}yy').subarray(2, 9);
  const parsed = parseStrictJson(bytes, options);
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.value, { a: 1 });
});

test('parseStrictJson() answers for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.equal(typeof parseStrictJson(bytes, options).ok, 'boolean');
    }),
  );
});

test('parseStrictJson() reads back what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      assert.equal(JSON.stringify(valueOf(text)), text);
    }),
  );
});

test('parseStrictJson() finds a key that is written twice wherever it is put', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.string(), (value, key) => {
      const name = JSON.stringify(key);
      const parsed = parse(`{"x":[${JSON.stringify(value)},{${name}:1,${name}:2}]}`);
      assert.equal(parsed.ok ? 'accepted' : parsed.code, 'duplicate_key');
    }),
  );
});
