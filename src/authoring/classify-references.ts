/**
 * References to rules that no module defines. In Rego such a reference is undefined: a denial that reads one never holds, and
 * a permission with `not` may hold for everybody. OPA reports unknown functions, and says nothing of unknown rules.
 */
import type { Mention, PolicyModule } from './parse-policy-module.ts';
import type { SourceProblem } from './source-problem.ts';

/** Only what this build compiles: base data may lie anywhere else in the `data` document. */
const COMPILED: readonly (readonly string[])[] = [
  ['data', 'holdfast', 'lib'],
  ['data', 'holdfast', 'policies'],
];

/** Each reference to a rule that is nowhere, with its place and what its package has instead. */
export function classifyReferences(modules: readonly PolicyModule[]): readonly SourceProblem[] {
  const packages = new Map<string, Set<string>>();
  for (const { packagePath, rules } of modules) {
    const path = ['data', ...packagePath].join('.');
    const names = packages.get(path) ?? new Set<string>();
    for (const { name } of rules) names.add(name);
    packages.set(path, names);
  }
  return modules.flatMap(({ mentions }) =>
    mentions.filter((mention) => isMissing(mention, packages)).map(describe),
  );
}

function isMissing({ path }: Mention, packages: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  if (!COMPILED.some((root) => root.every((part, index) => path[index] === part))) return false;
  for (let length = path.length; length > 0; length -= 1) {
    const names = packages.get(path.slice(0, length).join('.'));
    // The whole package, or a rule of it.
    const name = path[length];
    if (names !== undefined) return name !== undefined && !names.has(name);
  }
  const prefix = `${path.join('.')}.`;
  return ![...packages.keys()].some((name) => name.startsWith(prefix));
}

function describe({ file, row, path }: Mention): SourceProblem {
  return {
    file,
    row,
    code: 'reference_undefined',
    text: `no module defines "${path.join('.')}", so it is undefined`,
    remedy: 'name a rule that exists',
  };
}
