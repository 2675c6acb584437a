/** The thread beside the writer: readings, the state store, and the writer's checkpoints. None of them makes a record wait. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { systemClock } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import { checkpointNewest } from './checkpoint.ts';
import type { ReaderCalls } from './journal-messages.ts';
import { readEntries } from './read-entries.ts';
import { StateDatabase } from './state-database.ts';
import { serveCalls } from './thread-calls.ts';

/** Serves the calls of one journal; after `close` nothing is left and the thread ends. */
export function serveReader(port: MessagePort): void {
  let open: { readonly folder: string; readonly state: StateDatabase } | undefined;
  const opened = (): NonNullable<typeof open> => {
    if (open === undefined) throw new HoldfastError('journal_closed', 'The journal is not open');
    return open;
  };
  serveCalls<ReaderCalls>(
    port,
    {
      open: ({ folder }) => {
        const { state, damages } = StateDatabase.open(folder, systemClock.wallMs());
        open = { folder, state };
        return damages;
      },
      checkpoint: () => {
        checkpointNewest(opened().folder);
        return undefined;
      },
      read: (ask) => readEntries(opened().folder, ask),
      listState: ({ space }) => opened().state.list(space),
      writeState: ({ space, changes }) => {
        opened().state.write(space, changes);
        return undefined;
      },
      close: () => {
        open?.state.close();
        open = undefined;
        setImmediate(() => port.close());
        return undefined;
      },
    },
    'journal_read_failed',
  );
}

// Imported anywhere else than in a thread, this file does nothing.
if (parentPort) serveReader(parentPort);
