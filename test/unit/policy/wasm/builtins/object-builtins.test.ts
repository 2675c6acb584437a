import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['object.subset', '[{"a": {"b": 1, "c": 2}}, {"a": {"b": 1.0}}]', 'true'],
    ['object.subset', '[{"a": 1}, {"b": 1}]', 'false'],
    ['object.subset', '[{"a": {1, 2}}, {"a": {2}}]', 'true'],
    ['object.subset', '[{"a": [1, 2, 3]}, {"a": [2, 3]}]', 'true'],
    ['object.subset', '[{"a": [1, 2]}, {"a": {2}}]', 'false'],
    ['object.subset', '[{"a": 1}, {"a": "1"}]', 'false'],
    ['object.subset', '[{1, 2}, {3}]', 'false'],
    ['object.subset', '[[1, 2], {2}]', 'true'],
    ['object.subset', '[[1, 2], []]', 'true'],
    ['object.subset', '[[1, 2], [2, 1]]', 'false'],
  ],
  failures: [
    [
      'object.subset',
      '[{}, []]',
      'both arguments object.subset must be of the same type or array and set',
    ],
    [
      'object.subset',
      '[1, {1}]',
      'both arguments object.subset must be of the same type or array and set',
    ],
  ],
})) {
  it(`OBJECT_BUILTINS: ${name}`, run);
}
