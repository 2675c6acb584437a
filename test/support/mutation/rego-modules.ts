/** Which Rego modules import which: what a change of one can reach, and the tests that can notice it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface RegoModule {
  /** `lib`, `managed_children`: a folder below `policies/`. */
  readonly folder: string;
  readonly file: string;
  readonly package: string;
  /** Packages, without `data.`. */
  readonly imports: readonly string[];
  readonly isTest: boolean;
  readonly text: string;
}

const REGO = '.rego';
const TEST = '_test.rego';
const PACKAGE = /^package (?<name>\S+)$/mu;
const IMPORT = /^import data\.(?<name>\S+)/gmu;

/** All modules below `policies/`, by folder and file. */
export async function readRegoModules(policies: string): Promise<readonly RegoModule[]> {
  const entries = await readdir(policies, { recursive: true });
  const paths = entries.filter((path) => path.endsWith(REGO)).toSorted();
  return await Promise.all(
    paths.map(async (path) => {
      const [folder = '', file = ''] = path.split('/');
      return moduleOf(folder, file, await readFile(join(policies, path), 'utf8'));
    }),
  );
}

/** One module. Throws where its text names no package. */
export function moduleOf(folder: string, file: string, text: string): RegoModule {
  const name = PACKAGE.exec(text)?.groups?.['name'];
  if (name === undefined) throw new Error(`${folder}/${file} has no line with its package`);
  const imports = [...text.matchAll(IMPORT)].map(({ groups }) => groups?.['name'] ?? '');
  return { folder, file, package: name, imports, isTest: file.endsWith(TEST), text };
}

/** The packages that read a package, also through others, and the package itself. */
export function findReaders(modules: readonly RegoModule[], changed: string): ReadonlySet<string> {
  const readers = new Set([changed]);
  for (let size = 0; size < readers.size;) {
    size = readers.size;
    for (const { package: name, imports } of modules) {
      if (imports.some((imported) => readers.has(imported))) readers.add(name);
    }
  }
  return readers;
}

/** The packages that a module reads, also through others. */
export function findRead(
  modules: readonly RegoModule[],
  from: readonly RegoModule[],
): ReadonlySet<string> {
  const read = new Set(from.flatMap(({ imports }) => imports));
  for (let size = -1; size < read.size;) {
    size = read.size;
    const named = modules.filter(({ package: name }) => read.has(name));
    for (const imported of named.flatMap(({ imports }) => imports)) read.add(imported);
  }
  return read;
}

/**
 * The tests that can notice a change of a module, in the order in which they are worth asking: those named after its file,
 * the others of its folder, then each folder of policies that reads it, the smaller tests first.
 */
export function listTestGroups(
  modules: readonly RegoModule[],
  changed: RegoModule,
): readonly (readonly RegoModule[])[] {
  const readers = findReaders(modules, changed.package);
  const tests = modules.filter(({ isTest, package: name }) => isTest && readers.has(name));
  const named = changed.file.replace(REGO, TEST);
  const isOwn = ({ folder }: RegoModule): boolean => folder === changed.folder;
  const first = tests.filter((test) => isOwn(test) && test.file === named);
  const second = tests.filter((test) => isOwn(test) && test.file !== named);
  const others = Map.groupBy(
    tests.filter((test) => !isOwn(test)),
    ({ folder }) => folder,
  );
  const bySize = [...others.values()].toSorted((one, other) => sizeOf(one) - sizeOf(other));
  return [first, second, ...bySize].filter((group) => group.length > 0);
}

function sizeOf(tests: readonly RegoModule[]): number {
  return tests.reduce((sum, { text }) => sum + text.length, 0);
}
