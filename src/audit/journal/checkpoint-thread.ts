/**
 * The checkpoint thread: it checkpoints the write-ahead log of the open segment, so that no record waits for
 * that.
 */
import { parentPort } from 'node:worker_threads';
import { systemTimers, type Timers } from '../../base/timers.ts';
import { HoldfastError } from '../../errors.ts';
import { checkpointNewest } from './checkpoint.ts';
import type { CheckpointCalls } from './journal-messages.ts';
import { serveCalls, type ServingPort } from './thread-calls.ts';

/** Serves the calls of one journal; the thread ends after `close`. */
export function serveCheckpoints(port: ServingPort, timers: Timers = systemTimers): void {
  let folder: string | undefined;
  serveCalls<CheckpointCalls>(
    port,
    {
      open: (ask) => {
        ({ folder } = ask);
        return undefined;
      },
      checkpoint: () => {
        if (folder === undefined) {
          throw new HoldfastError('journal_closed', 'The journal is not open');
        }
        checkpointNewest(folder);
        return undefined;
      },
      close: () => {
        folder = undefined;
        timers.nextTurn(() => port.close());
        return undefined;
      },
    },
    'journal_read_failed',
  );
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveCheckpoints(parentPort);
