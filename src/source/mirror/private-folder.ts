/** A folder for the credentials of one run of git: for our user alone, removed afterwards. */
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';
import { HOUR } from '../../settings/limit.ts';

/** Folders with this prefix are removed when they are old. */
export const RUN_FOLDER_PREFIX = 'run-';
/** No run takes so long (`mirrors.fetchTimeoutMs` at most): an older folder was left by a process that died. */
const LEFT_BEHIND_MS = HOUR;

/** Gives `work` a function that writes a file only we can read, and removes all of them at the end. */
export async function withPrivateFolder<Result>(
  parent: string,
  work: (write: (name: string, content: string) => Promise<string>) => Promise<Result>,
): Promise<Result> {
  makeFolder(parent, { mode: 0o700 });
  const folder = await mkdtemp(join(parent, RUN_FOLDER_PREFIX));
  try {
    await chmod(folder, 0o700);
    return await work(async (name, content) => {
      const file = join(folder, name);
      await writeFile(file, content, { mode: 0o600, flag: 'wx' });
      return file;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what processes left that died while git ran. */
export async function removeLeftFolders(parent: string, nowMs: number): Promise<void> {
  makeFolder(parent, { mode: 0o700 });
  const names = (await readdir(parent)).filter((name) => name.startsWith(RUN_FOLDER_PREFIX));
  for (const name of names) {
    const folder = join(parent, name);
    const found = await stat(folder).catch(() => undefined);
    if (found !== undefined && nowMs - found.mtimeMs > LEFT_BEHIND_MS) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
