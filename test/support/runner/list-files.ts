/** Finds files of the repository. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a folder with one of the endings, sorted; nothing where the folder does not exist. */
export function listFiles(folder: string, endings: readonly string[]): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
