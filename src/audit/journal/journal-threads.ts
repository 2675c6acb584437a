/** The two threads of a journal. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CheckpointCalls, WriterCalls } from './journal-messages.ts';
import { callThread, type CalledThread } from './thread-calls.ts';

/** The same file names in the source tree and in a compiled package, where the extension is another. */
const EXTENSION = extname(import.meta.url);
/** A batch takes some megabytes: a thread that needs more than this has a fault, and ends. */
const HEAP_MB_MAX = 512;

/** Starts the thread that writes; its script is `writer-thread.ts` unless another is named. */
export function startWriter(entry?: URL): CalledThread<WriterCalls> {
  const script = entry ?? new URL(`./writer-thread${EXTENSION}`, import.meta.url);
  return callThread<WriterCalls>(startThread('journal-writer', script));
}

/** Starts the thread that moves logs into databases. */
export function startCheckpoints(): CalledThread<CheckpointCalls> {
  const script = new URL(`./checkpoint-thread${EXTENSION}`, import.meta.url);
  return callThread<CheckpointCalls>(startThread('journal-checkpoints', script));
}

function startThread(name: string, script: URL): Worker {
  return new Worker(script, {
    name,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  });
}
