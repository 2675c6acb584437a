import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

const AFFIXES = 'operand 1 must be one of {string, set, array} but got number';

for (const [name, run] of await builtinCases({
  results: [
    ['sprintf', '["%s has %v", ["a", {2, 1}]]', '"a has {1, 2}"'],
    ['sprintf', '["%v", [{"b": 1, "a": {10, 9}}]]', '"{\\"a\\": {9, 10}, \\"b\\": 1}"'],
    ['strings.any_prefix_match', '["registry.local/a", "registry."]', 'true'],
    ['strings.any_prefix_match', '["registry.local/a", ["x", "registry.local/"]]', 'true'],
    ['strings.any_prefix_match', '[{"a", "b"}, {"c", "b"}]', 'true'],
    ['strings.any_prefix_match', '["a", []]', 'false'],
    ['strings.any_prefix_match', '["a", set()]', 'false'],
    ['strings.any_suffix_match', '["a:latest", ":latest"]', 'true'],
    ['strings.any_suffix_match', '[["a:1", "b:2"], [":latest"]]', 'false'],
    ['strings.count', '["cheese", "e"]', '3'],
    ['strings.count', '["fi😀", ""]', '4'],
    ['strings.count', '["aaa", "aa"]', '1'],
    ['indexof_n', '["a😀bab", "b"]', '[2,4]'],
    ['indexof_n', '["aaaa", "aa"]', '[0,1,2]'],
    ['indexof_n', '["a", "b"]', '[]'],
    ['strings.split_n', '["a.b.c", ".", 2]', '["a","b"]'],
    ['strings.split_n', '["a.b.c", ".", -2]', '["b","c"]'],
    ['strings.split_n', '["a.b.c", ".", -7]', '["a","b","c"]'],
    ['strings.split_n', '["😀b", "", 1]', '["😀"]'],
  ],
  failures: [
    ['sprintf', '["%s", "a"]', 'operand 2 must be array but got string'],
    ['sprintf', '[1, []]', 'operand 1 must be string but got number'],
    ['indexof_n', '["a", ""]', 'empty search character'],
    ['strings.any_prefix_match', '[1, "a"]', AFFIXES],
    [
      'strings.any_prefix_match',
      '["a", [1]]',
      'operand 2 must be array of strings but got array containing number',
    ],
    [
      'strings.any_suffix_match',
      '["a", {null}]',
      'operand 2 must be set of strings but got set containing null',
    ],
    ['strings.count', '["a", true]', 'operand 2 must be string but got boolean'],
    ['strings.split_n', '["a", ".", "1"]', 'operand 3 must be number but got string'],
    [
      'strings.split_n',
      '["a", ".", 1.5]',
      'operand 3 must be integer number but got floating-point number',
    ],
  ],
  limits: [
    [
      'sprintf',
      `["${'%1000000d'.repeat(2)}", [1, 2]]`,
      'the text has more than 1048576 characters',
    ],
  ],
})) {
  it(`STRING_BUILTINS: ${name}`, run);
}
