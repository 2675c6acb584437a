import { join } from 'node:path';

/** Where processes of tests keep the code that V8 compiled: beside the packages, removed with them, and never committed. */
export function compileCacheFolder(root: string): string {
  return join(root, 'node_modules', '.cache', 'compile');
}
