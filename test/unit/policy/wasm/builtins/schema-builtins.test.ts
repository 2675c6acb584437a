import { it } from 'node:test';

import { builtinCases } from '../../../../support/builtin-table.ts';

const match = 'json.match_schema';
const verify = 'json.verify_schema';
/** Lists within lists. */
const deep = (levels: number, inner: string): string =>
  `${'{"items": '.repeat(levels)}${inner}${'}'.repeat(levels)}`;
/** Each definition asks twice for the next one. */
const twice = Array.from(
  { length: 40 },
  (_, index) =>
    `"d${index}": {"allOf": [{"$ref": "#/definitions/d${index + 1}"}, {"$ref": "#/definitions/d${index + 1}"}]}`,
);
const REFERENCE = 'put what is referred to under "definitions" of the same document';

for (const [name, run] of await builtinCases({
  results: [
    [match, '[{"a": 1}, {"properties": {"a": {"type": "integer"}}}]', '[true,[]]'],
    [
      match,
      '[{"a": {"b": ["x"]}}, {"properties": {"a": {"properties": {"b": {"items": {"type": "number"}}}}}}]',
      '[false,[{"desc":"Invalid type. Expected: number, given: string","error":"a.b.0: Invalid type. Expected: number, given: string","field":"a.b.0","type":"invalid_type"}]]',
    ],
    // A set is a list, and what refers to itself is read once.
    [match, '[{"a": {1, 2}}, {"properties": {"a": {"items": {"$ref": "#"}}}}]', '[true,[]]'],
    [match, '[{"a": "x"}, {"properties": {"a": {"format": "unheard-of"}}}]', '[true,[]]'],
    [verify, '[{"type": "string"}]', '[true,null]'],
    [verify, '[{"pattern": "(?=a)"}]', '[false,"jsonschema: pattern must be a valid regex"]'],
    [verify, '[5]', '[false,"jsonschema: wrong type, expected string or object"]'],
  ],
  failures: [
    [match, '[5, {}]', 'wrong type, expected string or object'],
    [match, '["{", {}]', 'invalid JSON string'],
    [
      match,
      '[{}, {"type": "text"}]',
      'has a primitive type that is NOT VALID -- given: /text/ Expected valid values are:[array boolean integer number null object string]',
    ],
  ],
  limits: [
    [
      match,
      '[{}, {"$ref": "https://example.com/schema.json"}]',
      `the schema refers to "https://example.com/schema.json", and nothing is fetched: ${REFERENCE}`,
    ],
    [
      verify,
      '[{"properties": {"a": {"$ref": "file:///etc/passwd"}}}]',
      `the schema refers to "file:///etc/passwd", and nothing is fetched: ${REFERENCE}`,
    ],
    [verify, `[${deep(400, '{}')}]`, 'the schema nests more than 300 levels'],
    [match, '[{}, {"$ref": "#"}]', 'the schema nests more than 300 levels'],
    [
      match,
      `[{}, {"definitions": {${twice.join(', ')}, "d40": {}}, "$ref": "#/definitions/d0"}]`,
      'the schema takes more than 200000 steps',
    ],
    [
      match,
      `[{"a": "b"}, {"patternProperties": {"${'a'.repeat(9000)}": {}}}]`,
      'the regular expression has more than 8192 characters',
    ],
  ],
})) {
  it(name, run);
}
