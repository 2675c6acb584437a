/** Tells which built-in functions each policy can call, from OPA's plan: the same from which its WebAssembly is written. */
import type { Block, Plan, Statement } from './opa-plan.ts';

/**
 * Those of `hostBuiltins` that `data.holdfast.verdict.<policy>.verdict` can come to call, in alphabetical order. Where the plan leaves open
 * what is called, it is all of them.
 */
export function classifyBuiltinCalls(
  plan: Plan,
  policy: string,
  hostBuiltins: ReadonlySet<string>,
): readonly string[] {
  const begins = plan.paths.flatMap(([path, name]) => (isVerdictOf(path, policy) ? [name] : []));
  const everything = [...hostBuiltins].toSorted();
  if (begins.length !== 1) return everything;
  const calls = new Set(begins);
  for (const name of calls) {
    if (!plan.functions.has(name)) continue;
    const called = plan.functions.get(name);
    // A statement that is not known here, or a function that is looked up while it runs.
    if (called === undefined || !addCalls(called.blocks, calls)) return everything;
  }
  return [...calls].filter((name) => hostBuiltins.has(name)).toSorted();
}

function isVerdictOf(path: readonly string[], policy: string): boolean {
  const [, ...below] = path;
  return below.join('\0') === ['holdfast', 'verdict', policy, 'verdict'].join('\0');
}

/** Whether all calls have a name. */
function addCalls(blocks: readonly Block[], calls: Set<string>): boolean {
  return blocks.every(({ stmts }) =>
    stmts.every((statement) => {
      const { type, stmt } = statement;
      if (type === 'CallStmt') calls.add(stmt.func);
      return type !== 'CallDynamicStmt' && addCalls(blocksOf(statement), calls);
    }),
  );
}

function blocksOf({ type, stmt }: Statement): readonly Block[] {
  if (type === 'BlockStmt') return stmt.blocks;
  const hasOne = type === 'NotStmt' || type === 'ScanStmt' || type === 'WithStmt';
  return hasOne ? [stmt.block] : [];
}
