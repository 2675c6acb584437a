/** A lock between processes: a file that one of them could create, with its process id inside. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface LockOptions {
  /** How often a waiter looks again. @default 100 */
  readonly pollMs?: number;
  /** Called once, when somebody else holds the lock: the wait may be long and should not look like a hang. */
  readonly onWait?: (holder: string) => void;
}

/** Runs `work` while no other process holds the same lock. The lock of a dead process is taken over. */
export async function withFolderLock<T>(
  lockFile: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  await acquire(lockFile, options);
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function acquire(lockFile: string, { pollMs = 100, onWait }: LockOptions): Promise<void> {
  let told = false;
  for (;;) {
    if (await tryCreate(lockFile)) return;
    const holder = await readHolder(lockFile);
    if (holder !== undefined && !isAlive(holder)) {
      await rm(lockFile, { force: true });
      continue;
    }
    if (!told) onWait?.(holder ?? 'unknown');
    told = true;
    await wait(pollMs);
  }
}

async function tryCreate(lockFile: string): Promise<boolean> {
  try {
    await writeFile(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (fault) {
    if (hasCode(fault, 'EEXIST')) return false;
    throw fault;
  }
}

/** The holder's process id; `undefined` while it cannot be told, for example between creation and writing. */
async function readHolder(lockFile: string): Promise<string | undefined> {
  try {
    const holder = await readFile(lockFile, 'utf8');
    if (/^[1-9]\d*$/.test(holder)) return holder;
    // A lock without a process id that has not changed for a while was left by a crash between creation and writing.
    const { mtimeMs } = await stat(lockFile);
    return performance.timeOrigin + performance.now() - mtimeMs > 5000 ? '0' : undefined;
  } catch (fault) {
    if (hasCode(fault, 'ENOENT')) return undefined;
    throw fault;
  }
}

function isAlive(holder: string): boolean {
  const id = Number(holder);
  if (id <= 0) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (fault) {
    return !hasCode(fault, 'ESRCH');
  }
}

function hasCode(fault: unknown, code: string): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === code;
}
