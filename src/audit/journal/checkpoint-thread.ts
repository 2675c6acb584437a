/**
 * The checkpoint thread: it checkpoints the write-ahead log of the open segment, so that no record waits for
 * that.
 */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { HoldfastError } from '../../errors.ts';
import { checkpointNewest } from './checkpoint.ts';
import type { CheckpointCalls } from './journal-messages.ts';
import { serveCalls } from './thread-calls.ts';

/** Serves the calls of one journal; the thread ends after `close`. */
export function serveCheckpoints(port: MessagePort): void {
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
        setImmediate(() => port.close());
        return undefined;
      },
    },
    'journal_read_failed',
  );
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveCheckpoints(parentPort);
