/** The thread that writes the journal. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { systemClock } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import type { WriterCalls } from './journal-messages.ts';
import { JournalStore } from './journal-store.ts';
import { serveCalls } from './thread-calls.ts';

/** Serves the calls of one journal; the thread ends after `close`. */
export function serveWriter(port: MessagePort): void {
  let store: JournalStore | undefined;
  const opened = (): JournalStore => {
    if (store === undefined) throw new HoldfastError('journal_closed', 'The journal is not open');
    return store;
  };
  serveCalls<WriterCalls>(
    port,
    {
      open: async (settings) => {
        store = await JournalStore.open(settings, systemClock);
        return { ...store.state(), folds: store.folds };
      },
      append: (entries) => opened().append(entries),
      maintain: (ask) => opened().maintain(ask),
      close: async () => {
        const closing = store;
        store = undefined;
        try {
          await closing?.close();
        } finally {
          // Responses that were already posted still arrive.
          setImmediate(() => port.close());
        }
        return undefined;
      },
    },
    'journal_write_failed',
  );
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveWriter(parentPort);
