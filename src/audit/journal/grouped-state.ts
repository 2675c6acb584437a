/**
 * The state store of one thread. Writes that come together share a transaction and a flush: ten sinks that each save
 * their cursor must not make ten flushes, for which records would wait at the same disk.
 */
import type { Wait } from '../../base/wait.ts';
import type { StateStore } from '../journal.ts';
import type { StateDatabase, StateWrite } from './state-database.ts';

/** Between two flushes: at most a hundred in a second, and nobody waits longer for a cursor than a slow disk takes. */
const FLUSH_INTERVAL_MS = 10;

interface WaitingWrite extends StateWrite {
  readonly resolve: () => void;
  readonly reject: (fault: unknown) => void;
}

/** Writes to a state database in groups. */
export class GroupedState implements StateStore {
  readonly #database: Pick<StateDatabase, 'list' | 'write'>;
  readonly #wait: Wait;
  readonly #closing = new AbortController();
  #waiting: WaitingWrite[] = [];
  #flushing: Promise<void> | undefined;

  constructor(database: Pick<StateDatabase, 'list' | 'write'>, wait: Wait) {
    this.#database = database;
    this.#wait = wait;
  }

  readonly list: StateStore['list'] = async (space) => this.#database.list(space);

  readonly write: StateStore['write'] = (space, changes) => {
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ space, changes, resolve, reject });
    });
    this.#flushing ??= this.#flushAll();
    return written;
  };

  /** Resolves when everything that was given is written, or has failed; without the pause between flushes. */
  async settle(): Promise<void> {
    this.#closing.abort();
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    // What is asked for in the same turn of the event loop belongs to the first flush.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      this.#flush();
      await this.#wait(FLUSH_INTERVAL_MS, this.#closing.signal);
    }
    // In the same turn as the look at what waits: a write that comes later begins anew.
    this.#flushing = undefined;
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    try {
      this.#database.write(...group);
      for (const { resolve } of group) resolve();
    } catch (fault) {
      for (const { reject } of group) reject(fault);
    }
  }
}
