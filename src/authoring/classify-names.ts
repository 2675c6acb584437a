/** Names that hide others: a reader takes a local variable for the rule, the import or the built-in of the same name. */
import { HOST_BUILTIN_NAMES } from '../policy/wasm/builtins/builtin-names.ts';
import { NATIVE_BUILTINS } from './compiler-capabilities.ts';
import type { PolicyModule } from './parse-policy-module.ts';
import { boundNames, declaredNames, textOf, type RuleDefinition, type Term } from './rule-tree.ts';
import type { SourceProblem } from './source-problem.ts';

/** The first word of every function that policies may call: `count`, `object`, `regex`. */
const BUILTIN_ROOTS: ReadonlySet<string> = new Set(
  [...NATIVE_BUILTINS, ...HOST_BUILTIN_NAMES].map((name) => name.replace(/\..*$/u, '')),
);

/** Each name that hides another, with its place. Imports and local variables that nothing uses are told by `opa check`. */
export function classifyNames(module: PolicyModule): readonly SourceProblem[] {
  const { file, definitions, names } = module;
  const hidingRules = new Map(
    definitions.filter(({ name }) => BUILTIN_ROOTS.has(name)).map(({ name, row }) => [name, row]),
  );
  const hidden = (name: string): string | undefined => {
    const path = names.get(name);
    if (path === undefined) return BUILTIN_ROOTS.has(name) ? 'built-in function' : undefined;
    return path.length === module.packagePath.length + 2 && path.at(-1) === name
      ? 'rule'
      : 'import';
  };
  const locals = definitions.flatMap((definition) =>
    localNames(definition).flatMap((term) => {
      const what = hidden(textOf(term));
      if (what === undefined) return [];
      return [hiding(file, term.location.row, `local name "${textOf(term)}" hides the ${what}`)];
    }),
  );
  return [
    ...[...hidingRules].map(([name, row]) =>
      hiding(file, row, `rule "${name}" hides the built-in function`),
    ),
    ...locals,
  ];
}

function hiding(file: string, row: number, what: string): SourceProblem {
  return { file, row, code: 'name_hides', text: `the ${what} of that name`, remedy: 'rename it' };
}

function localNames({
  arguments: parameters = [],
  branches,
  key,
}: RuleDefinition): readonly Term[] {
  const declared = declaredWithin([branches, key]);
  const distinct = new Map(
    [...parameters.flatMap(boundNames), ...declared].map((of) => [textOf(of), of]),
  );
  return [...distinct.values()];
}

function declaredWithin(node: unknown): readonly Term[] {
  if (Array.isArray(node)) return node.flatMap(declaredWithin);
  if (typeof node !== 'object' || node === null) return [];
  return [...declaredNames(node), ...Object.values(node).flatMap(declaredWithin)];
}
