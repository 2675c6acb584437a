/**
 * Admission goes first where processors are scarce: whatever helps it has a lower priority than its thread.
 *
 * A thread that wakes waits for the one that runs, on Linux up to a whole tick (4 ms at 250 Hz) where both have the same priority, and hardly at
 * all for one with a lower priority. On Linux a priority belongs to a thread, a thread's id is accepted as a process's, and 0 is the calling thread
 * (setpriority(2), pthreads(7)); the programs that a thread starts have it too. Elsewhere it belongs to the whole process, so nothing is done there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Above admission's. Not the lowest: a thread that got nothing for a second could not finish what admission waits for. */
const HELPER_NICENESS = 10;

/** The name that Node gives to the threads in which V8 compiles and collects. */
const V8_THREAD = 'V8Worker';
const THREADS_FOLDER = '/proc/self/task';

/** Lowers the priority of the calling thread, which must not be the one of admission: only the privileged can raise it again. */
export function lowerOwnPriority(): void {
  attempt(() => {
    lower(0);
  });
}

/** Lowers the priority of V8's own threads; they exist from the start of the process on, before any that may end. */
export function lowerV8Threads(): void {
  attempt(() => {
    for (const id of readdirSync(THREADS_FOLDER)) {
      const name = readFileSync(`${THREADS_FOLDER}/${id}/comm`, 'utf8').trim();
      if (name === V8_THREAD) lower(Number(id));
    }
  });
}

/** Relative to admission's thread, whose id is the process's: twice is as good as once. */
function lower(threadId: number): void {
  const niceness = getPriority(process.pid) + HELPER_NICENESS;
  setPriority(threadId, Math.min(constants.priority.PRIORITY_LOW, niceness));
}

function attempt(change: () => void): void {
  if (process.platform !== 'linux') return;
  try {
    change();
  } catch {
    // Some sandboxes forbid it. Admission then shares the processors as the system likes.
  }
}
