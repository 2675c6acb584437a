/** Chains of `else` that can end without a value. Whoever reads one trusts that one of its branches holds. */
import type { PolicyModule } from './parse-policy-module.ts';
import type { SourceProblem } from './source-problem.ts';

/** Each chain whose last `else` has a condition, and that has no default. */
export function classifyBranches({ file, definitions }: PolicyModule): readonly SourceProblem[] {
  const defaulted = new Set(definitions.filter((of) => of.isDefault).map(({ name }) => name));
  return definitions.flatMap(({ name, branches }) => {
    const last = branches.slice(1).at(-1);
    if (last === undefined || last.conditions.length === 0 || defaulted.has(name)) return [];
    return [
      {
        file,
        row: last.row,
        code: 'else_open',
        text: `the last "else" of "${name}" has a condition, so that "${name}" may be undefined`,
        remedy: 'end with "else := …"',
      },
    ];
  });
}
