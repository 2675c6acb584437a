/** Writes a file that has all of its content or is as before, whatever happens meanwhile. */
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';

/** In a folder of its own user, which is made where it is absent. Rejects where the disk does. */
export async function writeWholeFile(
  folder: string,
  name: string,
  content: string | Uint8Array,
): Promise<void> {
  makeFolder(folder, { mode: 0o700 });
  const temporary = join(folder, `${name}.new`);
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, name));
}
