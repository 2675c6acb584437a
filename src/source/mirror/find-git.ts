/** Finds the program git, and refuses one that is too old. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../../base/error-details.ts';
import { HoldfastError } from '../../errors.ts';
import { parseGitVersion } from './parse-git-version.ts';

export interface GitProgram {
  /** Absolute. */
  readonly path: string;
  readonly version: string;
}

// It prints and ends at once; a cold disk may take seconds to read the program.
const VERSION_TIMEOUT_MS = 10_000;

/** Throws `git_unavailable` if PATH has no git, or one that is too old. */
export async function findGit(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<GitProgram> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    // With a relative entry of PATH, a file in the working directory could replace git.
    if (!isAbsolute(folder)) continue;
    const path = join(folder, 'git');
    if (await isExecutable(path)) return { path, version: await readVersion(path) };
  }
  throw new HoldfastError('git_unavailable', 'There is no program git on PATH');
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function readVersion(path: string): Promise<string> {
  const parsed = parseGitVersion(await askVersion(path));
  if (!parsed.ok) throw new HoldfastError('git_unavailable', `${path}: ${parsed.reason}`);
  return parsed.version;
}

async function askVersion(path: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      timeout: VERSION_TIMEOUT_MS,
      env: {},
    });
    return stdout;
  } catch (error) {
    const code = errorCode(error) ?? 'it failed';
    throw new HoldfastError('git_unavailable', `${path} cannot be run (${code})`, {
      cause: error,
    });
  }
}
