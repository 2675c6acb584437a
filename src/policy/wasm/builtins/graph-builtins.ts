/** `graph.reachable_paths`: every way through a graph that ends, or would go in a circle. */
import { findValue, sortedSet } from '../compare-values.ts';
import { formatRegoLiteral, type RegoObject, type RegoValue } from '../rego-value.ts';
import { BuiltinLimitError, type BuiltinContext, type BuiltinFamily } from './builtin.ts';
import { BUILTIN_LIMITS } from './limits.ts';
import { itemsOf, objectOperand, wrongType } from './operand.ts';

/** By their Rego name. */
export const GRAPH_BUILTINS: BuiltinFamily = {
  'graph.reachable_paths': (operands, context) => {
    const graph = objectOperand(operands, 0);
    const starts = itemsOf(operands[1]);
    if (starts === undefined) throw wrongType(1, operands[1], '{array, set}');
    return findPaths(graph, starts, context);
  },
};

/** A step looks a node up among all. */
const STEP_FUEL = 30;

function findPaths(
  graph: RegoObject,
  starts: readonly RegoValue[],
  { spend }: BuiltinContext,
): RegoValue {
  const edges = new Map(
    graph.entries.map(([node, to]) => [formatRegoLiteral(node), itemsOf(to) ?? []]),
  );
  const edgesOf = (node: RegoValue): readonly RegoValue[] | undefined =>
    edges.get(formatRegoLiteral(node)) ?? itemsOf(findValue(graph, node));
  const paths: (readonly RegoValue[])[] = [];
  let steps = 0;
  const walk = (path: readonly RegoValue[], passed: ReadonlySet<string>, node: RegoValue): void => {
    steps += path.length;
    // The number of ways grows exponentially with the number of nodes.
    if (steps > BUILTIN_LIMITS.items) {
      throw new BuiltinLimitError(`the graph has more than ${BUILTIN_LIMITS.items} steps`);
    }
    spend?.(path.length * STEP_FUEL);
    const next = edgesOf(node);
    if (next === undefined) {
      paths.push(path);
      return;
    }
    const longer = [...path, node];
    if (next.length === 0) paths.push(longer);
    const passedNow = new Set(passed).add(formatRegoLiteral(node));
    for (const neighbor of next) {
      if (passedNow.has(formatRegoLiteral(neighbor))) paths.push(longer);
      else walk(longer, passedNow, neighbor);
    }
  };
  for (const start of starts) {
    const next = edgesOf(start);
    if (next === undefined) continue;
    if (next.length === 0) paths.push([start]);
    for (const neighbor of next) walk([start], new Set([formatRegoLiteral(start)]), neighbor);
  }
  return sortedSet(paths);
}
