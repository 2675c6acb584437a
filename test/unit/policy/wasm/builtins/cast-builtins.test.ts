import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['cast_array', '[{2, 1}]', '[1,2]'],
    ['cast_array', '[[2, 1]]', '[2,1]'],
    ['cast_set', '[[2, 1, 2]]', '{1,2}'],
    ['cast_set', '[{1}]', '{1}'],
    ['cast_null', '[null]', 'null'],
    ['cast_boolean', '[false]', 'false'],
    ['cast_object', '[{}]', '{}'],
    ['cast_string', '["a"]', '"a"'],
  ],
  failures: [
    ['cast_array', '[1]', 'operand 1 must be one of {array, set} but got number'],
    ['cast_boolean', '[{}]', 'operand 1 must be boolean but got object'],
    ['cast_string', '[[]]', 'operand 1 must be string but got array'],
  ],
})) {
  it(`CAST_BUILTINS: ${name}`, run);
}
