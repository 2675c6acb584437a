import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['numbers.range_step', '[1, 7, 3]', '[1,4,7]'],
    ['numbers.range_step', '[3, -1, 2]', '[3,1,-1]'],
    [
      'numbers.range_step',
      '[9007199254740993, 9007199254740994.0, 1]',
      '[9007199254740993,9007199254740994]',
    ],
  ],
  failures: [
    ['numbers.range_step', '[1, 2, 0]', 'numbers.range_step: step must be a positive integer'],
    ['numbers.range_step', '["1", 2, 1]', 'operand 1 must be integer but got string'],
    [
      'numbers.range_step',
      '[1, 2.5, 1]',
      'operand 2 must be integer number but got floating-point number',
    ],
  ],
  limits: [
    ['numbers.range_step', '[1, 100001, 1]', 'the range has more than 100000 numbers'],
    ['numbers.range_step', '[1, 1e2000, 1]', 'a number with an exponent of 2000 is too large'],
  ],
})) {
  it(`NUMBER_BUILTINS: ${name}`, run);
}
