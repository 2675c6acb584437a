/**
 * The lock of the launcher: it runs on any Node 20, before there is SQLite or an npm package.
 *
 * Files `<prefix>.<number>` form a queue whose highest number is the lock: its file holds the holder's process id, and nothing once it is
 * released. Who wants the lock creates the next number, which only one process can, and has it if no higher number exists by then. The
 * highest file is never removed, so a slow waiter that acts on an old look at the folder loses instead of removing somebody's lock.
 */
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';

const POLL_MS = 500;

/**
 * Runs `work` while no other process holds the lock.
 *
 * @template T
 * @param {string} prefix the path of the lock's files without their number
 * @param {() => T} work
 * @param {{ onWait?: (holder: number, file: string) => void, isAlive?: (pid: number) => boolean, pollMs?: number }} [options]
 *   `onWait` is called once, when another process holds the lock
 * @returns {T}
 */
export function withInstallLock(
  prefix,
  work,
  { onWait, isAlive = processLives, pollMs = POLL_MS } = {},
) {
  let announced = false;
  for (;;) {
    const attempt = tryInstallLock(prefix, isAlive);
    if (attempt.release !== undefined) {
      try {
        return work();
      } finally {
        attempt.release();
      }
    }
    if (attempt.holder !== undefined) {
      if (!announced) onWait?.(attempt.holder, attempt.file);
      announced = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
    }
  }
}

/**
 * One attempt: `release` where the lock is ours, `holder` where somebody has it, neither where another process was faster.
 *
 * @param {string} prefix
 * @param {(pid: number) => boolean} isAlive
 * @returns {{ file: string, release?: () => void, holder?: number }}
 */
export function tryInstallLock(prefix, isAlive = processLives) {
  const highest = highestNumber(prefix);
  const before = `${prefix}.${highest}`;
  const holder = highest === 0 ? 0 : readHolder(before);
  if (holder > 0 && isAlive(holder)) return { file: before, holder };
  const number = highest + 1;
  const file = `${prefix}.${number}`;
  if (!createWhole(file) || highestNumber(prefix) !== number) return { file };
  removeBelow(prefix, number);
  return { file, release: () => writeFileSync(file, '') };
}

/** Appears with its text or not at all: an empty file would read as released. */
function createWhole(file) {
  const draft = `${file}-${process.pid}-${Math.random().toString(36).slice(2)}`;
  writeFileSync(draft, String(process.pid), { flag: 'wx' });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function listNumbers(prefix) {
  const start = `${basename(prefix)}.`;
  return readdirSync(dirname(prefix))
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)));
}

function highestNumber(prefix) {
  return Math.max(0, ...listNumbers(prefix));
}

function removeBelow(prefix, number) {
  for (const old of listNumbers(prefix)) {
    if (old < number) rmSync(`${prefix}.${old}`, { force: true });
  }
}

/** 0 where it is released, or was replaced by a higher number since. */
function readHolder(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

function processLives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
