/**
 * The state store of one thread. Writes at the same time share a transaction and a flush: ten sinks that each save
 * their cursor must not cause ten flushes, because records wait for the same disk.
 */
import type { Timers } from '../../base/timers.ts';
import type { Wait } from '../../base/wait.ts';
import type { StateStore } from '../journal.ts';
import type { StateDatabase, StateWrite } from './state-database.ts';

/**
 * The pause between two flushes: at most a hundred per second, and no cursor waits longer than for a slow
 * disk.
 */
const FLUSH_INTERVAL_MS = 10;

/** The time of a store. */
export interface StateTime {
  readonly wait: Wait;
  readonly timers: Pick<Timers, 'nextTurn'>;
}

interface WaitingWrite extends StateWrite {
  readonly resolve: () => void;
  readonly reject: (fault: unknown) => void;
}

/** Writes to a state database in groups. */
export class GroupedState implements StateStore {
  readonly #database: Pick<StateDatabase, 'list' | 'write'>;
  readonly #time: StateTime;
  readonly #closing = new AbortController();
  #waiting: WaitingWrite[] = [];
  #flushing: Promise<void> | undefined;

  constructor(database: Pick<StateDatabase, 'list' | 'write'>, time: StateTime) {
    this.#database = database;
    this.#time = time;
  }

  readonly list: StateStore['list'] = async (space) => this.#database.list(space);

  readonly write: StateStore['write'] = (space, changes) => {
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ space, changes, resolve, reject });
    });
    this.#flushing ??= this.#flushAll();
    return written;
  };

  /** Resolves when all pending writes are written, or have failed; skips the pause between flushes. */
  async settle(): Promise<void> {
    this.#closing.abort();
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    // Writes in the same turn of the event loop belong to the first flush.
    await new Promise<void>(this.#time.timers.nextTurn);
    while (this.#waiting.length > 0) {
      this.#flush();
      await this.#time.wait(FLUSH_INTERVAL_MS, this.#closing.signal);
    }
    // In the same turn as the check of the queue: a later write starts a new flush.
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
