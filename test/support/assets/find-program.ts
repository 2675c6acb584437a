/** Finds programs that are already on the machine. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first executable file of this name in the folders of a PATH. */
export function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Whether this process may run the file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
