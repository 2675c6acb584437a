/** Commits and keys that other projects publish: not ours, so not in this repository; read where they lie beside the clone. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../../shared/data/signatures');

/** For the options of a test: false, or why it is skipped. */
export const skipWithoutVectors: string | false = existsSync(FOLDER)
  ? false
  : 'the signatures of other projects are not beside this clone';

/** The bytes of one file. */
export function readVector(path: string): Buffer {
  return readFileSync(join(FOLDER, path));
}
