/** Exports that few files may import. */
import { listImports } from './imports.ts';
import type { SourceFile } from './source-file.ts';

export interface RestrictedExport {
  /** The file that exports it, relative to the root. */
  readonly module: string;
  readonly name: string;
  /** The files of src that may import it. Tests may. */
  readonly importers: RegExp;
  /** What to do instead. */
  readonly instead: string;
}

/** Every import of a restricted export by another file, and of all exports of its module at once. */
export function findRestrictedImports(
  files: readonly SourceFile[],
  restricted: readonly RestrictedExport[],
): readonly string[] {
  const paths = new Set(files.map(({ path }) => path));
  return restricted.flatMap((entry) => {
    const { module, name, importers, instead } = entry;
    if (!paths.has(module)) return [`${module} does not exist: correct the table`];
    return files
      .filter(({ path }) => path.startsWith('src/') && !importers.test(path))
      .flatMap(listImports)
      .filter(({ target, typeOnly }) => target === module && !typeOnly)
      .filter(({ clause, dynamic }) => dynamic || clause.includes('*') || namesOf(clause).has(name))
      .map(({ place }) => `${place}: "${name}" of ${module} is not for this file: ${instead}`);
  });
}

function namesOf(clause: string): ReadonlySet<string> {
  return new Set(clause.match(/\w+/gu) ?? []);
}
