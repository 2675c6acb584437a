import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['base64url.encode_no_pad', '["ñ?>"]', '"w7E_Pg"'],
    ['hex.encode', '["ñ"]', '"c3b1"'],
    ['hex.decode', '["C3b1"]', '"ñ"'],
    ['urlquery.encode', `["a b&c'(é)~"]`, '"a+b%26c%27%28%C3%A9%29~"'],
    ['urlquery.decode', '["a+b%26%C3%A9"]', '"a b&é"'],
    [
      'urlquery.encode_object',
      '[{"b": ["2", "1"], "a": "x y", "c": {"z"}}]',
      '"a=x+y&b=2&b=1&c=z"',
    ],
    [
      'urlquery.decode_object',
      '["b=2&a=x+y&b=1&c&&d=%3D="]',
      '{"a":["x y"],"b":["2","1"],"c":[""],"d":["=="]}',
    ],
  ],
  failures: [
    ['hex.decode', '["abc"]', 'encoding/hex: odd length hex string'],
    ['hex.decode', '["zz"]', `encoding/hex: invalid byte: U+007A 'z'`],
    ['urlquery.decode', '["a%zz"]', 'invalid URL escape "%zz"'],
    ['urlquery.decode', '["a%"]', 'invalid URL escape "%"'],
    ['urlquery.decode_object', '["a;b"]', 'invalid semicolon separator in query'],
    [
      'urlquery.encode_object',
      '[{"a": 1}]',
      'operand 1 values must be string, array[string], or set[string]',
    ],
    [
      'urlquery.encode_object',
      '[{"a": [1]}]',
      'operand 1 values must be string, array[string], or set[string]',
    ],
    ['urlquery.encode_object', '[1]', 'operand 1 must be object but got number'],
  ],
})) {
  it(`ENCODING_BUILTINS: ${name}`, run);
}
