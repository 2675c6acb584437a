import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

const patch = 'json.patch';
const PATH =
  'operand 2 must be one of {set, array} containing string paths or array of path segments but got number';

for (const [name, run] of await builtinCases({
  results: [
    [
      'json.marshal_with_options',
      '[{"b": [1, {2}], "a": "<é>"}, {}]',
      '"{\\"a\\":\\"\\\\u003cé\\\\u003e\\",\\"b\\":[1,[2]]}"',
    ],
    [
      'json.marshal_with_options',
      '[{"a": [], "b": {}}, {"pretty": true}]',
      '"{\\n\\t\\"a\\": [],\\n\\t\\"b\\": {}\\n}"',
    ],
    [
      'json.marshal_with_options',
      '[[1, true, null], {"indent": " ", "prefix": ">"}]',
      '">[\\n> 1,\\n> true,\\n> null\\n>]"',
    ],
    ['json.marshal_with_options', '[[1], {"indent": " ", "pretty": false}]', '"[1]"'],
    [
      'json.marshal_with_options',
      '[{[1]: 12345678901234567890}, {}]',
      '"{\\"[1]\\":12345678901234567890}"',
    ],
    [patch, '[{"a": [1, 2]}, [{"op": "add", "path": "/a/1", "value": 3}]]', '{"a":[1,3,2]}'],
    [patch, '[{"a": [1]}, [{"op": "add", "path": "a/-", "value": 3}]]', '{"a":[1,3]}'],
    [patch, '[{"a/b~": 1}, [{"op": "remove", "path": "/a~1b~0"}]]', '{}'],
    [patch, '[{"a": 1}, [{"op": "replace", "path": "/a", "value": {"b": 2}}]]', '{"a":{"b":2}}'],
    [patch, '[{"a": {"b": 1}}, [{"op": "move", "from": "/a/b", "path": "/c"}]]', '{"a":{},"c":1}'],
    [patch, '[{"a": [1, 2]}, [{"op": "copy", "from": "/a/0", "path": "/a/2"}]]', '{"a":[1,2,1]}'],
    [patch, '[{"a": 1.0}, [{"op": "test", "path": "/a", "value": 1}]]', '{"a":1.0}'],
    [
      patch,
      '[{"a": {1, 2}}, [{"op": "remove", "path": ["a", 1]}, {"op": "add", "path": ["a", 3], "value": 3}]]',
      '{"a":{2,3}}',
    ],
    [patch, '[{"a": {[1]}}, [{"op": "add", "path": ["a", [1], 0], "value": 0}]]', '{"a":{[0,1]}}'],
    [patch, '[[1, 2], [{"op": "remove", "path": [0]}]]', '[2]'],
    [patch, '[[[1], 2], [{"op": "add", "path": "0/0", "value": 0}]]', '[[0,1],2]'],
    [patch, '[1, [{"op": "replace", "path": "", "value": 2}]]', '2'],
    [patch, '[1, [{"op": "remove", "path": ""}]]', 'undefined'],
    [patch, '[1, []]', '1'],
  ],
  failures: [
    [
      'json.marshal_with_options',
      '[1, {"indent": 1}]',
      'operand 2 key "indent" failed cast to string: operand 0 must be string but got number',
    ],
    [
      'json.marshal_with_options',
      '[1, {"pretty": 1}]',
      'operand 2 key "pretty" failed cast to bool',
    ],
    ['json.marshal_with_options', '[1, {"x": 1}]', 'operand 2 object contained unknown key "x"'],
    ['json.marshal_with_options', '[1, {1: 1}]', 'operand 2 object contained unknown key "1"'],
    [patch, '[1, {}]', 'operand 2 must be array but got object'],
    [
      patch,
      '[1, [1]]',
      'must be an array of JSON-Patch objects, but at least one element is not an object',
    ],
    [patch, '[1, [{}]]', `missing required attribute 'path'`],
    [patch, '[1, [{"path": ""}]]', `missing required attribute 'op'`],
    [patch, '[1, [{"path": "", "op": 1}]]', `attribute 'op' must be a string but found: number`],
    [patch, '[1, [{"path": "", "op": "x"}]]', `unrecognized op: 'x'`],
    [patch, '[1, [{"path": 1, "op": "add"}]]', PATH],
    [patch, '[1, [{"path": "", "op": "add"}]]', `missing required attribute 'value'`],
    [
      patch,
      '[1, [{"path": "/a", "op": "add", "value": 1}]]',
      'expected composite type for an insertion',
    ],
    [
      patch,
      '[1, [{"path": "/a/b", "op": "add", "value": 1}]]',
      'expected composite type for path "a"',
    ],
    [patch, '[{}, [{"path": "/a/b", "op": "add", "value": 1}]]', 'path "a" does not exist'],
    [
      patch,
      '[{}, [{"path": "/a", "op": "remove"}]]',
      'cannot delete child key "a" that does not exist',
    ],
    [
      patch,
      '[{"a": {1}}, [{"path": ["a", 2], "op": "remove"}]]',
      'cannot delete child key 2 that does not exist',
    ],
    [
      patch,
      '[{"a": {1}}, [{"path": ["a", 2], "op": "add", "value": 3}]]',
      'set key 2 does not equal value to be inserted 3',
    ],
    [
      patch,
      '[[], [{"path": "/1", "op": "add", "value": 1}]]',
      'index for array insertion out of bounds',
    ],
    [
      patch,
      '[[], [{"path": "/-1", "op": "add", "value": 1}]]',
      'index for array insertion out of bounds',
    ],
    [patch, '[[1], [{"path": "/1", "op": "remove"}]]', 'index for array delete out of bounds'],
    [
      patch,
      '[[1], [{"path": "/01", "op": "remove"}]]',
      'leading zeros are not allowed in JSON paths',
    ],
    [patch, '[[1], [{"path": "/1e0", "op": "remove"}]]', 'invalid string for indexing'],
    [patch, '[[1], [{"path": [true], "op": "remove"}]]', 'invalid type for indexing'],
    [
      patch,
      '[1, [{"path": "", "op": "test", "value": 2}]]',
      'value from EditTree != patch value.\n\nExpected: 2\n\nFound: 1',
    ],
    [
      patch,
      '[1, [{"path": "", "op": "remove"}, {"path": "", "op": "remove"}]]',
      'deleted node encountered during delete operation',
    ],
    [
      patch,
      '[1, [{"path": "", "op": "remove"}, {"path": "/a", "from": "", "op": "copy"}]]',
      'deleted node encountered',
    ],
  ],
  limits: [
    [
      patch,
      `[[0], [${Array.from({ length: 40 }, () => '{"op": "copy", "from": "", "path": "/0"}').join(',')}]]`,
      'the value has more than 100000 items',
    ],
  ],
})) {
  it(`JSON_BUILTINS: ${name}`, run);
}
