/**
 * Detects changed files, by any kind of change: in place, by rename, or by the symlink swap with which
 * Kubernetes updates mounted Secrets and ConfigMaps. Directory events are fast; polling catches what they miss.
 */
import { createHash } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface WatchFilesOptions {
  /** How often the contents are compared, with or without an event of the file system. */
  readonly pollMs: number;
  /** Files that belong together are written one after the other: wait for the last one. */
  readonly settleMs: number;
  /** Called once for each new content. It must not reject: a rejection is not handled here. */
  readonly onChange: () => Promise<void>;
}

export interface FilesWatch {
  readonly close: () => void;
}

/** Watches files until it is closed. A file that is missing or unreadable has the content "nothing". */
export async function watchFiles(
  paths: readonly string[],
  { pollMs, settleMs, onChange }: WatchFilesOptions,
): Promise<FilesWatch> {
  let lastDigest = await digestFiles(paths);
  let checking = false;
  let changedMeanwhile = false;
  let settle: NodeJS.Timeout | undefined;

  async function check(): Promise<void> {
    // A file that changed during the check may have been read already: check again instead of waiting for the poll.
    changedMeanwhile = checking;
    if (checking) return;
    checking = true;
    try {
      do {
        changedMeanwhile = false;
        const digest = await digestFiles(paths);
        if (digest === lastDigest) continue;
        lastDigest = digest;
        await onChange();
      } while (changedMeanwhile);
    } finally {
      checking = false;
    }
  }

  const poll = setInterval(() => void check(), pollMs);
  poll.unref();
  const watchers = watchFolders(paths, () => {
    clearTimeout(settle);
    settle = setTimeout(() => void check(), settleMs);
    settle.unref();
  });
  return {
    close: () => {
      clearInterval(poll);
      clearTimeout(settle);
      for (const watcher of watchers) watcher.close();
    },
  };
}

async function digestFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const contents = await Promise.all(paths.map(readContent));
  for (const content of contents) {
    hash.update(`${content?.length ?? 'missing'}:`);
    hash.update(content ?? '');
  }
  return hash.digest('hex');
}

async function readContent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

/** Folders, not files: a rename or symlink swap replaces the file that would be watched. */
function watchFolders(paths: readonly string[], onEvent: () => void): readonly FSWatcher[] {
  const folders = new Set(paths.map((path) => dirname(path)));
  return [...folders].flatMap((folder) => {
    try {
      const watcher = watch(folder, { persistent: false }, onEvent);
      // The folder was removed, or the system is out of watches: polling continues.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
}
