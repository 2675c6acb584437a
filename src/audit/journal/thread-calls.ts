/**
 * Calls between the main thread and a thread of the journal: requests and responses in order, errors with
 * their code.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { errorText } from '../../base/error-details.ts';
import { HoldfastError, type ErrorCode } from '../../errors.ts';
import type { CheckpointCalls, WriterCalls } from './journal-messages.ts';

/** The calls of a thread, each with its request and response. */
export type ThreadCalls<Calls> = {
  readonly [Name in keyof Calls]: { readonly ask: unknown; readonly answer: unknown };
};

interface ThreadAsk<Name, Ask> {
  readonly id: number;
  readonly name: Name;
  readonly ask: Ask;
}

type ThreadReply<Answer> =
  | { readonly id: number; readonly ok: true; readonly answer: Answer }
  | { readonly id: number; readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** The handlers of a thread's calls. */
export type ThreadHandlers<Calls extends ThreadCalls<Calls>> = {
  readonly [Name in keyof Calls]: (
    ask: Calls[Name]['ask'],
  ) => Calls[Name]['answer'] | Promise<Calls[Name]['answer']>;
};

/** Messages are plain data, of which each side knows the form. */
type Listener = Parameters<Worker['on']>[1];

/** The thread's side: a `MessagePort` of Node.js. */
export interface ServingPort {
  readonly on: (event: 'message', listener: Listener) => unknown;
  readonly postMessage: (message: unknown) => void;
  readonly close: () => void;
}

/** The other side: a `Worker` of Node.js. */
export interface CallingPort {
  readonly on: (event: 'message' | 'error', listener: Listener) => unknown;
  readonly once: (event: 'exit', listener: () => void) => unknown;
  readonly postMessage: (message: unknown) => void;
}

/** Serves calls one after the other, until the port is closed. Faults without a code get `faultCode`. */
export function serveCalls<Calls extends ThreadCalls<Calls>>(
  port: Pick<ServingPort, 'on' | 'postMessage'>,
  handlers: ThreadHandlers<Calls>,
  faultCode: ErrorCode,
): void {
  let last = Promise.resolve();
  port.on('message', ({ id, name, ask }: ThreadAsk<keyof Calls, never>) => {
    last = last.then(async () => {
      try {
        const answer = await handlers[name](ask);
        port.postMessage({ id, ok: true, answer });
      } catch (fault) {
        const code = fault instanceof HoldfastError ? fault.code : faultCode;
        const message = errorText(fault);
        port.postMessage({ id, ok: false, code, message });
      }
    });
  });
}

/** The calling side of a thread. */
export interface CalledThread<Calls extends ThreadCalls<Calls>> {
  /** Rejects with a `HoldfastError`: the thread's own, or `journal_closed` if the thread has ended. */
  readonly call: <Name extends keyof Calls>(
    name: Name,
    ask: Calls[Name]['ask'],
  ) => Promise<Calls[Name]['answer']>;
  /** Resolves when the thread has ended, with its reason. */
  readonly ended: Promise<string>;
}

/** Wraps a thread. Its calls fail after it has ended for any reason. */
export function callThread<Calls extends ThreadCalls<Calls>>(
  thread: CallingPort,
): CalledThread<Calls> {
  const waiting = new Map<number, (reply: ThreadReply<never>) => void>();
  let lastId = 0;
  let fault: unknown;
  let endReason: string | undefined;
  thread.on('message', (reply: ThreadReply<never>) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  thread.on('error', (error: unknown) => {
    fault = error;
  });
  const ended = new Promise<string>((resolve) => {
    thread.once('exit', () => {
      endReason = fault instanceof Error ? fault.message : 'it ended by itself';
      const message = `The thread of the journal has ended: ${endReason}`;
      for (const [id, answer] of waiting) {
        answer({ id, ok: false, code: 'journal_closed', message });
      }
      waiting.clear();
      resolve(endReason);
    });
  });
  return {
    ended,
    call: (name, ask) =>
      new Promise((resolve, reject) => {
        if (endReason !== undefined) {
          const message = `The thread of the journal has ended: ${endReason}`;
          reject(new HoldfastError('journal_closed', message));
          return;
        }
        lastId += 1;
        waiting.set(lastId, (reply) => {
          if (reply.ok) resolve(reply.answer);
          else reject(new HoldfastError(reply.code, reply.message));
        });
        const message = { id: lastId, name, ask };
        thread.postMessage(message);
      }),
  };
}

/** The source tree and a compiled package have the same file names with different extensions. */
const EXTENSION = extname(import.meta.url);
/** A batch takes a few megabytes: a thread that exceeds this has a bug, and ends. */
const HEAP_MB_MAX = 512;
/** V8's own limit is 96 MiB, which a thread under load takes and does not give back. */
const YOUNG_HEAP_MB_MAX = 16;

/** Starts the writer thread; its script is `writer-thread.ts` by default. */
export function startWriter(entry?: URL): CalledThread<WriterCalls> {
  const script = entry ?? new URL(`./writer-thread${EXTENSION}`, import.meta.url);
  return callThread<WriterCalls>(startThread('journal-writer', script));
}

/** Starts the checkpoint thread. */
function startCheckpoints(): CalledThread<CheckpointCalls> {
  const script = new URL(`./checkpoint-thread${EXTENSION}`, import.meta.url);
  return callThread<CheckpointCalls>(startThread('journal-checkpoints', script));
}

/** Starts the threads of a journal. */
export interface JournalThreads {
  readonly startWriter: () => CalledThread<WriterCalls>;
  readonly startCheckpoints: () => CalledThread<CheckpointCalls>;
}

/** Threads of this process, with their own scripts. */
export const SYSTEM_THREADS: JournalThreads = {
  startWriter: () => startWriter(),
  startCheckpoints,
};

function startThread(name: string, script: URL): Worker {
  return new Worker(script, {
    name,
    env: {},
    execArgv: [],
    resourceLimits: {
      maxOldGenerationSizeMb: HEAP_MB_MAX,
      maxYoungGenerationSizeMb: YOUNG_HEAP_MB_MAX,
    },
  });
}
