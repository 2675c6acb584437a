/** The priorities of the threads of a process, by the names of the threads (proc(5): /proc/PID/task). */
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';

/** For tests of them: elsewhere a priority belongs to the whole process. */
export const isolatedThreads = {
  skip: process.platform === 'linux' ? false : 'a thread has a priority of its own on Linux only',
};

/** Names as the kernel keeps them, in at most 15 bytes. */
export function readThreadPriorities(pid: number): Readonly<Record<string, readonly number[]>> {
  const found: Record<string, number[]> = {};
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    const name = readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').trim();
    (found[name] ??= []).push(getPriority(Number(id)));
  }
  return found;
}
