/** The two threads of a journal. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ReaderCalls, WriterCalls } from './journal-messages.ts';
import { callThread, type CalledThread } from './thread-calls.ts';

/** The same file names in the source tree and in a compiled package, where the extension is another. */
const EXTENSION = extname(import.meta.url);
const HEAP_MB_MAX = 512;

/** Starts the thread that writes. */
export function startWriter(): CalledThread<WriterCalls> {
  return callThread<WriterCalls>(startThread('journal-writer', `./writer-thread${EXTENSION}`));
}

/** Starts the thread that reads and keeps state. */
export function startReader(): CalledThread<ReaderCalls> {
  return callThread<ReaderCalls>(startThread('journal-reader', `./reader-thread${EXTENSION}`));
}

function startThread(name: string, file: string): Worker {
  return new Worker(new URL(file, import.meta.url), {
    name,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  });
}
