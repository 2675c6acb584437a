import { it } from 'node:test';
import { builtinCases } from '../../../../support/builtin-table.ts';

for (const [name, run] of await builtinCases({
  results: [
    ['graph.reachable_paths', '[{"a": ["b"], "b": []}, ["a"]]', '{["a","b"]}'],
    ['graph.reachable_paths', '[{"a": {"b", "x"}, "b": ["a"]}, {"a", "z"}]', '{["a"],["a","b"]}'],
    ['graph.reachable_paths', '[{"a": []}, ["a"]]', '{["a"]}'],
    ['graph.reachable_paths', '[{"a": ["a"]}, ["a"]]', '{["a","a"]}'],
    ['graph.reachable_paths', '[{"a": null}, ["a"]]', '{["a"]}'],
    ['graph.reachable_paths', '[{1: [2.0], 2: []}, [1]]', '{[1,2.0]}'],
  ],
  failures: [
    ['graph.reachable_paths', '[1, []]', 'operand 1 must be object but got number'],
    ['graph.reachable_paths', '[{}, 1]', 'operand 2 must be {array, set} but got number'],
  ],
  limits: [
    [
      'graph.reachable_paths',
      `[{${Array.from({ length: 20 }, (_, node) => `${node}: [${Array.from({ length: 20 }, (__, to) => to).join(',')}]`).join(',')}}, [0]]`,
      'the graph has more than 100000 steps',
    ],
  ],
})) {
  it(`GRAPH_BUILTINS: ${name}`, run);
}
