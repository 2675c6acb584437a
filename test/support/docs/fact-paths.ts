/** Which facts the policies read, from OPA's syntax tree: each is something that somebody may try to write. */
import type { Mention, PolicyModule } from '../../../src/authoring/parse-policy-module.ts';

/**
 * Library functions get facts as arguments, which are called so in all of them. `scope` is what a policy puts together of
 * its facts and its parameters.
 */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  image: ['images'],
  actor: ['actor'],
  change: ['change'],
  managed: ['object'],
  source: ['source'],
  grant: ['grant'],
  parameters: ['parameters'],
};
const SCOPE: ReadonlySet<string> = new Set(['change', 'object', 'parameters']);
/** `actor.proof`, `object.root`: what lies deeper is told by the same row. */
const DEPTH = 2;

/** `actor.proof`, `object.root`, `parameters.editors`, …: sorted, each once. Whole facts that are only passed on are left out. */
export function listFactPaths(modules: readonly PolicyModule[]): readonly string[] {
  const paths = modules.flatMap((module) => {
    const aliases = findAliases(module);
    return module.mentions.map((mention) => resolve(mention.path, aliases));
  });
  const read = paths.filter((path) => path !== undefined && path.length >= DEPTH);
  return [...new Set(read.map((path) => (path ?? []).slice(0, DEPTH).join('.')))].toSorted();
}

/** `managed := input.facts.object` makes `managed.mark` a mention of the fact. */
function findAliases(module: PolicyModule): ReadonlyMap<string, readonly string[]> {
  const aliases = new Map<string, readonly string[]>();
  for (const { name, branches } of module.definitions) {
    const [branch] = branches;
    if (branch === undefined || branches.length > 1 || branch.conditions.length > 0) continue;
    const own = module.mentions.filter(({ rule }: Mention) => rule === name);
    const fact = own.map(({ path }) => ofInput(path)).find((path) => path !== undefined);
    if (fact !== undefined && branch.value?.type === 'ref') {
      aliases.set(['data', ...module.packagePath, name].join('.'), fact);
    }
  }
  return aliases;
}

function resolve(
  path: readonly string[],
  aliases: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const direct = ofInput(path) ?? ofArgument(path);
  if (direct !== undefined) return direct;
  for (const [alias, fact] of aliases) {
    const length = alias.split('.').length;
    if (path.slice(0, length).join('.') === alias) return [...fact, ...path.slice(length)];
  }
  return undefined;
}

function ofInput([root, branch, ...rest]: readonly string[]): readonly string[] | undefined {
  if (root !== 'input') return undefined;
  if (branch === 'facts') return rest;
  return branch === 'parameters' ? ['parameters', ...rest] : undefined;
}

function ofArgument([head = '', ...rest]: readonly string[]): readonly string[] | undefined {
  if (head === 'scope') return SCOPE.has(rest[0] ?? '') ? rest : undefined;
  const fact = ARGUMENTS[head];
  return fact === undefined ? undefined : [...fact, ...rest];
}
