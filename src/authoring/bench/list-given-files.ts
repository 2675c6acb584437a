/** Files of recorded reviews that a command line names: files, and folders of them. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../errors.ts';

/** More is most likely the wrong folder. */
const FILES_MAX = 10_000;
const REVIEWS = /\.(?:json|jsonl|ya?ml)$/u;

/** Each file by the name that it was given, those of a folder in order. Throws `argument_invalid`. */
export async function listGivenFiles(
  given: readonly string[],
  resolvePath: (name: string) => string,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const name of given) {
    const isFolder = await stat(resolvePath(name)).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isFolder) {
      files.push(name);
      continue;
    }
    const inside = await readdir(resolvePath(name), { recursive: true });
    const reviews = inside.filter((file) => REVIEWS.test(file)).toSorted();
    if (reviews.length === 0 || files.length + reviews.length > FILES_MAX) {
      const found = reviews.length === 0 ? 'none' : `more than ${String(FILES_MAX)}`;
      throw new HoldfastError(
        'argument_invalid',
        `The folder "${name}" must have files of reviews (.json, .jsonl, .yaml): found ${found}`,
      );
    }
    files.push(...reviews.map((file) => join(name, file)));
  }
  return files;
}
