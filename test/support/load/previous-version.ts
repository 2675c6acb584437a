/**
 * The version before this one, as its users run it: a checkout of its commit, with the packages of this checkout and its policies
 * compiled by itself. It is made once, in the cache of the user.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../../src/base/cache-folder.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);

/**
 * The last commit that wrote no `would-deny`, knew no profile of the registration and no presets of operators. There is no release
 * yet: this is the oldest state whose configuration and command line are those of today. Name the release here once there is one.
 */
const PREVIOUS_COMMIT = '3f15c36a';

/** As `allowed-skips.ts` lists it. */
export const NO_HISTORY = 'needs the history of the repository to run the previous version';

export interface PreviousVersion {
  /** What Node runs. */
  readonly entry: string;
  /** Its own policies. */
  readonly bundle: string;
}

/** Makes it; `undefined` in a clone without the commit, such as a shallow one. */
export async function preparePreviousVersion(): Promise<PreviousVersion | undefined> {
  const commit = await run('git', ['rev-parse', '--verify', `${PREVIOUS_COMMIT}^{commit}`], {
    cwd: ROOT,
  }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
  if (commit === undefined) return undefined;
  const folder = join(cacheFolder(), 'previous', commit);
  const found = { entry: join(folder, 'src', 'main.ts'), bundle: join(folder, 'bundle') };
  // Packages are those of the checkout that runs now: the link of an earlier one may lead nowhere.
  const packages = join(folder, 'node_modules');
  if (!(await exists(found.bundle))) await checkOut(commit, folder);
  await rm(packages, { force: true });
  await symlink(join(ROOT, 'node_modules'), packages);
  return found;
}

/** Beside its place, and renamed when it is whole: a run that is ended leaves no half of it. */
async function checkOut(commit: string, folder: string): Promise<void> {
  const made = `${folder}.${process.pid}`;
  await mkdir(made, { recursive: true });
  const archive = join(made, 'archive.tar');
  // Not a worktree, which git would list in the repository of whoever runs the tests.
  await run('git', ['archive', `--output=${archive}`, commit], { cwd: ROOT });
  await run('tar', ['-xf', archive, '-C', made]);
  await rm(archive);
  await symlink(join(ROOT, 'node_modules'), join(made, 'node_modules'));
  const build = ['policy', 'build', 'policies', '--output', 'bundle'];
  await run(process.execPath, [join('src', 'main.ts'), ...build], { cwd: made });
  await rm(folder, { recursive: true, force: true });
  await rename(made, folder);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
