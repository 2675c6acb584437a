/** Names, exports and declarations. */
import type { RepositoryFile, SourceFile } from './source-file.ts';
import { place } from './source-file.ts';

/** Names that gather whatever nobody placed. */
const GRAB_BAG = /^(?:index|utils?|helpers?|common|misc|types|shared|constants)$/;
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const EXPORT = /^export (?:async )?(?:function\*?|const|class) (?<name>\w+)/gm;
const TOP_LEVEL_ARROW =
  /^(?:export )?const \w+(?::[^=\n]*)? = (?:async )?(?:\([^()]*\)|\w+)(?:: [^=\n]+)? =>/gm;

/** Files with a name that says nothing, or one that is not kebab-case. */
export function findBadNames(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => path.startsWith('src/') || path.startsWith('test/'))
    .flatMap(({ path }) => {
      const name = (path.split('/').at(-1) ?? '').replace(/(?:\.test)?\.(?:ts|mjs)$/, '');
      if (GRAB_BAG.test(name)) {
        return [`${path}: "${name}" gathers everything: name the one concept`];
      }
      return KEBAB_CASE.test(name) ? [] : [`${path}: write the name as words-with-dashes`];
    });
}

/** Functions, classes and values without a line that says what they are for; a type's fields speak for it. */
export function findUndocumentedExports(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((file) =>
      [...file.code.matchAll(EXPORT)]
        .filter((match) => !isDocumented(file, match.index))
        .map(
          (match) => `${place(file, match.index)}: "${match.groups?.['name']}" needs a JSDoc line`,
        ),
    );
}

function isDocumented(file: SourceFile, index: number): boolean {
  return file.text.slice(0, index).trimEnd().endsWith('*/');
}

/** Arrow functions where a declaration would do: they are not hoisted, so they push the important things down. */
export function findTopLevelArrows(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    [...file.code.matchAll(TOP_LEVEL_ARROW)].map(
      (match) => `${place(file, match.index)}: write a function declaration`,
    ),
  );
}

/** Files that are too heavy for a source repository. */
export function findHeavyFiles(
  files: readonly RepositoryFile[],
  bytesMax: number,
): readonly string[] {
  return files
    .filter(({ bytes }) => bytes > bytesMax)
    .map(
      ({ path, bytes }) =>
        `${path}: ${bytes} bytes, at most ${bytesMax}: generate it, or cut it down`,
    );
}

/** Fixtures that no file names, by their file name, folder or stem. */
export function findDeadFixtures(
  files: readonly RepositoryFile[],
  readers: readonly SourceFile[],
): readonly string[] {
  const texts = readers.map(({ text }) => text).join('\n');
  return files
    .filter(({ path }) => path.startsWith('test/fixtures/'))
    .filter(({ path }) => {
      const parts = path.split('/').slice(2);
      return !parts.some(
        (part) => texts.includes(part) || texts.includes(part.replace(/\.\w+$/, '')),
      );
    })
    .map(({ path }) => `${path}: nothing names it: remove it, or test with it`);
}
