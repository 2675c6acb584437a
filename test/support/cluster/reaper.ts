/**
 * Cleans up after an owner that could not.
 *
 * A signal handler cannot run when its process is killed outright. So a small shell process in a group of its own holds
 * the other end of a pipe: when the pipe breaks without a farewell, it kills the children it was told of and removes
 * the folder (again, while a dying process still writes into it).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const SCRIPT = `trap '' INT TERM HUP
pids=
while read -r word pid; do
  case "$word" in
    child) pids="$pids $pid" ;;
    done) exit 0 ;;
  esac
done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf -- "$1" && exit 0
  sleep 0.2
done`;

export interface Reaper {
  readonly pid: number;
  /** From now on this child dies with us. */
  readonly watch: (pid: number) => void;
  /** Everything is cleaned up already: the reaper leaves without touching anything. */
  readonly dismiss: () => Promise<void>;
}

/** Starts a reaper that answers for `folder`. */
export async function startReaper(folder: string): Promise<Reaper> {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'holdfast-reaper', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  // The owner may end without waiting for its reaper; that is what the reaper is for.
  child.unref();
  return {
    pid: child.pid ?? 0,
    watch: (pid) => child.stdin.write(`child ${pid}\n`),
    dismiss: async () => {
      const ended = once(child, 'exit');
      child.ref();
      child.stdin.end('done 0\n');
      await ended;
    },
  };
}
