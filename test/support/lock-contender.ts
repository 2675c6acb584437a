/**
 * Waits for a process lock, and never believes that it has it alone: `node lock-contender.ts LOCK`.
 *
 * Prints `waiting` where it has to wait and `held` when it has the lock, and `twice` where somebody else holds it too: a holder keeps
 * `LOCK.held`, which only one process can create. Then it keeps the lock until a line comes on standard input, and is killed with it.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { once } from 'node:events';

import { withProcessLock } from '../../src/base/process-lock.ts';

const [lock = ''] = process.argv.slice(2);

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

async function holdUntilKilled(): Promise<void> {
  try {
    closeSync(openSync(`${lock}.held`, 'wx'));
  } catch {
    say('twice');
  }
  say('held');
  await once(process.stdin, 'data');
  rmSync(`${lock}.held`, { force: true });
  process.kill(process.pid, 'SIGKILL');
}

await withProcessLock(lock, holdUntilKilled, { pollMs: 1, onWait: () => say('waiting') });
