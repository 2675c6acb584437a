/** Writes a bundle, as a folder or as an archive. */
import { chmod, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorCode } from '../base/error-details.ts';
import { makeFolder } from '../base/make-folder.ts';
import { HoldfastError } from '../errors.ts';
import {
  isBundleFile,
  MANIFEST_FILE,
  MODULE_FILE,
  type BundleFiles,
} from '../policy/bundle/bundle-files.ts';
import { packBundle } from '../policy/bundle/pack-bundle.ts';
import { readBundleFiles } from '../policy/bundle/read-bundle-files.ts';

/** Whether a bundle of this name is an archive. */
export function isArchiveName(path: string): boolean {
  return /\.(?:tar\.gz|tgz)$/u.test(path);
}

/** What is written over is replaced: naming a wrong folder must not destroy its content. */
export async function refuseForeignOutput(output: string): Promise<void> {
  const found = await kindOf(output);
  if (found === 'nothing') return;
  const wanted = isArchiveName(output) ? 'file' : 'folder';
  if (found !== wanted) {
    throw new HoldfastError(
      'argument_invalid',
      `The output "${output}" cannot be a ${wanted}: a ${found} is there`,
    );
  }
  if (wanted === 'file') return;
  const files = await readBundleFiles(output);
  const names = files.ok ? [...files.value.keys()] : [];
  const isBundle = names.includes(MANIFEST_FILE) && names.includes(MODULE_FILE);
  const foreign = names.find((name) => !isBundle || !isBundleFile(name));
  if (files.ok && foreign === undefined) return;
  const reason = files.ok ? `it holds "${foreign}"` : files.reason;
  throw new HoldfastError(
    'argument_invalid',
    `The folder "${output}" is no bundle: ${reason}. Name a new folder for the output`,
  );
}

async function kindOf(path: string): Promise<'nothing' | 'file' | 'folder'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (fault) {
    if (errorCode(fault) === 'ENOENT') return 'nothing';
    throw new HoldfastError('argument_invalid', `The output "${path}" cannot be written`, {
      cause: fault,
    });
  }
}

/** Renamed into place, so that no process can load an incomplete bundle. */
export async function writeBundle(output: string, files: BundleFiles): Promise<void> {
  const target = resolve(output);
  makeFolder(dirname(target));
  const draft = await mkdtemp(`${target}.draft-`);
  try {
    if (isArchiveName(target)) {
      const archive = join(draft, 'bundle.tar.gz');
      await writeFile(archive, await packBundle(files));
      await rename(archive, target);
      return;
    }
    for (const [name, bytes] of files) {
      makeFolder(dirname(join(draft, name)));
      await writeFile(join(draft, name), bytes);
    }
    // mkdtemp makes a folder private to its owner, but a bundle may be built by one user and served by another,
    // as in the image.
    await chmod(draft, 0o755);
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
