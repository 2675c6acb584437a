/**
 * Makes a folder with all that is above it.
 *
 * Not `mkdir` with `recursive`: where the file system of an existing folder takes no new ones and says that "there is no such
 * file" (/proc, /sys), Node 24 makes the parent and tries again for ever, and the process hangs at full load.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describeFileError } from './describe-file-error.ts';
import { errorCode } from './error-details.ts';

export interface FolderMode {
  /** Of each folder that is made. @default that of the process */
  readonly mode?: number;
}

/** The code for a file system that takes no folders, which reports that there is no such file. */
const UNSUPPORTED = 'ENOTSUP';

/**
 * Does nothing where the folder is there already. Throws an error with the system's `code` and the `path`; its message names
 * the remedy.
 */
export function makeFolder(folder: string, options: FolderMode = {}): void {
  const path = resolve(folder);
  const failure = attempt(path, options);
  if (failure === undefined) return;
  const parent = dirname(path);
  if (errorCode(failure) !== 'ENOENT' || parent === path) throw explain(path, failure);
  makeFolder(parent, options);
  // Once more, and no more often: what is above is there now.
  const again = attempt(path, options);
  if (again !== undefined) throw explain(path, again);
}

/** The error of the system; `undefined` where the folder is there. */
function attempt(path: string, options: FolderMode): unknown {
  try {
    mkdirSync(path, options);
    return undefined;
  } catch (error) {
    return errorCode(error) === 'EEXIST' && isFolder(path) ? undefined : error;
  }
}

function isFolder(path: string): boolean {
  // A symbolic link that leads nowhere is there, and is no folder.
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function explain(path: string, cause: unknown): Error {
  const found = errorCode(cause);
  const code = found === 'ENOENT' ? UNSUPPORTED : found;
  const reason = describeFileError(Object.assign(new Error(String(cause)), { code }));
  const message = `The folder "${path}" cannot be made: ${reason}. Name a folder on a disk that this user may write to`;
  return Object.assign(new Error(message, { cause }), { code, path });
}
