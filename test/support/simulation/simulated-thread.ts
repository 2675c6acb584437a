/**
 * A thread of the journal in a simulated process: the real server of its calls, behind ports whose messages are events of
 * the scheduler. One call runs at a time, as in the real thread.
 */
import { EventEmitter } from 'node:events';
import { serveCheckpoints } from '../../../src/audit/journal/checkpoint-thread.ts';
import {
  callThread,
  type CallingPort,
  type JournalThreads,
  type ServingPort,
} from '../../../src/audit/journal/thread-calls.ts';
import { serveWriter } from '../../../src/audit/journal/writer-thread.ts';
import type { Wait } from '../../../src/base/wait.ts';
import type { Life, Scheduler } from './scheduler.ts';

export interface ThreadsOptions {
  readonly scheduler: Scheduler;
  readonly life: Life;
  /** Called while a call has begun and waits for what no disk has to do with, such as a signature: the process may die there. */
  readonly midway: () => void;
}

/** Promises that follow each other before a call waits for anything. */
const BEGINNING_TURNS = 40;

/** The threads of one process. */
export function simulateThreads(options: ThreadsOptions): JournalThreads {
  const { scheduler, life } = options;
  const timers = scheduler.timersOf(life);
  return {
    startWriter: () => {
      const thread = new SimulatedThread('writer', options);
      serveWriter(thread.serving, { clock: scheduler.clock, wait: thread.wait, timers });
      return callThread(thread.calling);
    },
    startCheckpoints: () => {
      const thread = new SimulatedThread('checkpoints', options);
      serveCheckpoints(thread.serving, timers);
      return callThread(thread.calling);
    },
  };
}

class SimulatedThread {
  readonly #name: string;
  readonly #options: ThreadsOptions;
  readonly #toThread = new EventEmitter();
  readonly #toCaller = new EventEmitter();
  readonly #asked: unknown[] = [];
  readonly #answered: unknown[] = [];
  #isBusy = false;
  #quiet = Promise.withResolvers<void>();

  constructor(name: string, options: ThreadsOptions) {
    this.#name = name;
    this.#options = options;
  }

  readonly serving: ServingPort = {
    on: (event, listener) => this.#toThread.on(event, listener),
    postMessage: (message) => {
      this.#isBusy = false;
      this.#quiet.resolve();
      this.#answered.push(structuredClone(message));
      this.#schedule('answers', () => {
        this.#toCaller.emit('message', this.#answered.shift());
      });
      this.#schedule('is free', () => this.#serveNext());
    },
    close: () => {
      this.#schedule('ends', () => {
        this.#toCaller.emit('exit');
      });
    },
  };

  readonly calling: CallingPort = {
    on: (event, listener) => this.#toCaller.on(event, listener),
    once: (event, listener) => this.#toCaller.once(event, listener),
    postMessage: (message) => {
      this.#asked.push(structuredClone(message));
      this.#schedule('is asked', () => this.#serveNext());
    },
  };

  /** For the calls: while one waits, others can happen. */
  readonly wait: Wait = (delayMs) =>
    new Promise((resolve) => {
      this.#quiet.resolve();
      const { scheduler, life } = this.#options;
      const run = (): Promise<void> => {
        this.#quiet = Promise.withResolvers();
        resolve();
        return this.#untilQuiet();
      };
      scheduler.after(delayMs, { label: `${this.#name} goes on`, life, run });
    });

  async #serveNext(): Promise<void> {
    if (this.#isBusy || this.#asked.length === 0) return;
    this.#isBusy = true;
    this.#quiet = Promise.withResolvers();
    this.#toThread.emit('message', this.#asked.shift());
    await this.#untilQuiet();
  }

  /** Signatures are made by other threads of this process: until one is there, nothing else happens. */
  async #untilQuiet(): Promise<void> {
    for (let turn = 0; turn < BEGINNING_TURNS; turn += 1) await Promise.resolve();
    if (this.#isBusy) this.#options.midway();
    await this.#quiet.promise;
  }

  #schedule(label: string, run: () => void | Promise<void>): void {
    const { scheduler, life } = this.#options;
    const delayMs = scheduler.chance(0.5) ? 0 : scheduler.between(0, 3);
    scheduler.after(delayMs, { label: `${this.#name} ${label}`, life, run });
  }
}
