/** A folder for one test, with files in it, removed when the test ends. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ClosingHooks } from './closing-hooks.ts';

/** What is closed by a later hook may still write a file or two. */
const REMOVE = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 };

/** Makes the folder; file names may contain folders. */
export async function makeTemporaryFolder(
  test: ClosingHooks,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  test.after(() => rm(folder, REMOVE));
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}
