/** A checked-out tree: where its files are, and that none leads out of it. */
import { cp, lstat, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

/** A folder in a tree. Both are absolute and free of symbolic links. */
export interface SourceFolder {
  /** The top of the repository. */
  readonly root: string;
  readonly folder: string;
}

export type OpenedFolder =
  | { readonly ok: true; readonly source: SourceFolder }
  | { readonly ok: false; readonly reason: string };

/** @param path of the folder in the tree, with slashes, as an Application has it. */
export async function openSourceFolder(root: string, path: string): Promise<OpenedFolder> {
  try {
    const top = await realpath(root);
    const folder = await realpath(join(top, path));
    if (!isInside(top, folder)) {
      return { ok: false, reason: `"${path}" leads out of the repository` };
    }
    if (!(await lstat(folder)).isDirectory()) {
      return { ok: false, reason: `"${path}" is no folder` };
    }
    return { ok: true, source: { root: top, folder } };
  } catch {
    return { ok: false, reason: `there is no folder "${path}"` };
  }
}

/** The path is the folder, or in it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

export interface TreeLimits {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

/**
 * The reason why a tree must not be given to a program that follows symbolic links: one leads out of it (to a token, or
 * to another tenant's files), or it is too large. `undefined` for a good one.
 */
export async function findTreeFault(root: string, limits: TreeLimits): Promise<string | undefined> {
  const folders = [root];
  let entries = 0;
  let bytes = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      entries += 1;
      if (entry.isDirectory()) folders.push(path);
      else if (!entry.isSymbolicLink()) bytes += (await lstat(path)).size;
      else if (await leadsOut(root, path)) {
        return `the link "${relative(root, path)}" leads out of the repository`;
      }
      const isTooLarge = entries > limits.entriesMax || bytes > limits.bytesMax;
      if (isTooLarge) return 'the tree is too large';
    }
  }
  return undefined;
}

/** The kernel's answer: other links on the way change what ".." means. A link that leads nowhere cannot be read. */
async function leadsOut(root: string, link: string): Promise<boolean> {
  return !isInside(root, await realpath(link).catch(() => root));
}

/** Copies a tree that was found good; links stay links. */
export async function copyTree(source: SourceFolder, target: string): Promise<SourceFolder> {
  await cp(source.root, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => relative(source.root, path) !== '.git',
  });
  return { root: target, folder: join(target, relative(source.root, source.folder)) };
}
