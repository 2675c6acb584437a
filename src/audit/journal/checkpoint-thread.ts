/** The thread beside the writer: it moves the log of the open segment into its database, so that no record waits for it. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { HoldfastError } from '../../errors.ts';
import { checkpointNewest } from './checkpoint.ts';
import type { CheckpointCalls } from './journal-messages.ts';
import { serveCalls } from './thread-calls.ts';

/** Serves the calls of one journal; after `close` nothing is left and the thread ends. */
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

// Imported anywhere else than in a thread, this file does nothing.
if (parentPort) serveCheckpoints(parentPort);
