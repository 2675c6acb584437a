/** What reaches what through imports. */
import { listImports } from './imports.ts';
import type { SourceFile } from './source-file.ts';

interface Edge {
  readonly target: string;
  readonly dynamic: boolean;
  readonly typeOnly: boolean;
}

type Graph = ReadonlyMap<string, readonly Edge[]>;

function buildGraph(files: readonly SourceFile[]): Graph {
  return new Map(
    files.map((file) => [
      file.path,
      listImports(file).flatMap(({ target, specifier, dynamic, typeOnly }) => {
        if (target === undefined && !specifier.startsWith('node:')) return [];
        return [{ target: target ?? specifier, dynamic, typeOnly }];
      }),
    ]),
  );
}

/** Files that import each other in a circle, type imports included: none of them can be read or moved alone. */
export function findCircularImports(files: readonly SourceFile[]): readonly string[] {
  const graph = buildGraph(files);
  const told = new Set<string>();
  const circles: string[] = [];
  for (const path of [...graph.keys()].toSorted()) {
    if (told.has(path)) continue;
    const circle = findPath(graph, path, (target) => target === path);
    if (circle === undefined) continue;
    for (const member of circle) told.add(member);
    circles.push(`${circle.join(' → ')}: move what both need into a file of its own`);
  }
  return circles;
}

export interface ProcessImports {
  /** What the process begins with: only its static imports are loaded. */
  readonly main: string;
  /** What it loads then, and all that this may load later, by dynamic imports too. */
  readonly afterwards: string;
  /** Whether a process of this kind must never load the module: a file, or `node:…`. */
  readonly isForbidden: (module: string) => boolean;
  /** What to say of it. */
  readonly remedy: string;
}

/** Modules that a process could load and must not, each with the way that leads to it. */
export function findForbiddenReach(
  files: readonly SourceFile[],
  { main, afterwards, isForbidden, remedy }: ProcessImports,
): readonly string[] {
  const graph = buildGraph(files);
  const missing = [main, afterwards].filter((path) => !graph.has(path));
  if (missing.length > 0) return missing.map((path) => `${path} does not exist`);
  const loaded = new Map([...graph].map(([path, edges]) => [path, edges.filter(isLoaded)]));
  const statics = new Map(
    [...loaded].map(([path, edges]) => [path, edges.filter(({ dynamic }) => !dynamic)]),
  );
  return [findPath(statics, main, isForbidden), findPath(loaded, afterwards, isForbidden)].flatMap(
    (path) => (path === undefined ? [] : [`${path.join(' → ')}: ${remedy}`]),
  );
}

/** Types are erased before the program runs. */
function isLoaded({ typeOnly }: Edge): boolean {
  return !typeOnly;
}

/** The shortest way from a file to a module that is looked for, both included. */
function findPath(
  graph: Graph,
  start: string,
  isFound: (target: string) => boolean,
): readonly string[] | undefined {
  const seen = new Set<string>();
  const waiting: (readonly string[])[] = [[start]];
  for (let way = waiting.shift(); way !== undefined; way = waiting.shift()) {
    for (const { target } of graph.get(way.at(-1) ?? '') ?? []) {
      if (isFound(target)) return [...way, target];
      if (seen.has(target)) continue;
      seen.add(target);
      waiting.push([...way, target]);
    }
  }
  return undefined;
}
