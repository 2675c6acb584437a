/**
 * Signatures that other projects publish. They belong to their projects and lie beside the checkout, in `shared/data/signatures`,
 * not in it.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a test says that cannot run without them; `allowed-skips.ts` knows it. */
export const NO_VECTORS = 'needs the public signature vectors beside the checkout';

/** The folder, beside the checkout or beside a folder that holds it; `undefined` where there is none. */
export function findPublicVectors(): string | undefined {
  let folder = join(import.meta.dirname, '..', '..', '..');
  while (folder !== dirname(folder)) {
    folder = dirname(folder);
    const found = join(folder, 'shared', 'data', 'signatures');
    if (existsSync(found)) return found;
  }
  return undefined;
}
