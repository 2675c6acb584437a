/**
 * The cache folder for large files that can be built again, shared by every clone of a user (XDG Base
 * Directory Specification).
 */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** `$XDG_CACHE_HOME/holdfast`, else `~/.cache/holdfast`. The folder may not exist yet. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const configured = environment['XDG_CACHE_HOME'];
  // The specification says that relative paths are invalid and are to be ignored.
  const root =
    configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(root, 'holdfast');
}
