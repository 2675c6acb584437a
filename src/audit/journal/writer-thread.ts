/** The thread that writes the journal. */
import { parentPort } from 'node:worker_threads';
import { systemClock, type Clock } from '../../base/clock.ts';
import { systemTimers, type Timers } from '../../base/timers.ts';
import { systemWait, type Wait } from '../../base/wait.ts';
import { HoldfastError } from '../../errors.ts';
import type { WriterCalls } from './journal-messages.ts';
import { JournalStore } from './journal-store.ts';
import { serveCalls, type ServingPort } from './thread-calls.ts';

/** The time of a writer thread. */
export interface WriterTime {
  readonly clock: Clock;
  readonly wait: Wait;
  readonly timers: Timers;
}

const SYSTEM_TIME: WriterTime = { clock: systemClock, wait: systemWait, timers: systemTimers };

/** Serves the calls of one journal; the thread ends after `close`. */
export function serveWriter(
  port: ServingPort,
  { clock, wait, timers }: WriterTime = SYSTEM_TIME,
): void {
  let store: JournalStore | undefined;
  const opened = (): JournalStore => {
    if (store === undefined) throw new HoldfastError('journal_closed', 'The journal is not open');
    return store;
  };
  serveCalls<WriterCalls>(
    port,
    {
      open: async (settings) => {
        store = await JournalStore.open(settings, clock, wait);
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
          timers.nextTurn(() => port.close());
        }
        return undefined;
      },
    },
    'journal_write_failed',
  );
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveWriter(parentPort);
