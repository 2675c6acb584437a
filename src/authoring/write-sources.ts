/** Writes modules of Rego for OPA. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../base/make-folder.ts';

/**
 * Below the folder, by their names. A module of WebAssembly contains the names of its sources: they must be the same relative
 * names on every machine, otherwise its hash would differ.
 */
export async function writeSources(
  texts: ReadonlyMap<string, string>,
  folder: string,
): Promise<void> {
  for (const [file, text] of texts) {
    makeFolder(dirname(join(folder, file)));
    await writeFile(join(folder, file), text);
  }
}
