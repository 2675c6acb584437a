/**
 * Reads the journal from another thread than its owner's: it opens the segments and the state itself, so that no data
 * passes through the admission thread.
 */
import { systemTimers, type Timers } from '../../base/timers.ts';
import type { Wait } from '../../base/wait.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { JournalReader, StateStore } from '../journal.ts';
import { GroupedState } from './grouped-state.ts';
import { JournalPages } from './journal-pages.ts';
import { JournalReporter } from './journal-reporter.ts';
import { readEntries } from './read-entries.ts';
import type { SharedSequence } from './shared-sequence.ts';
import { StateDatabase } from './state-database.ts';

export interface JournalFollowerOptions {
  readonly folder: string;
  /** Set by the owner of the journal. */
  readonly newest: Pick<SharedSequence, 'value' | 'changeFrom' | 'wake'>;
  readonly nowMs: number;
}

export interface JournalFollowerDependencies {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly wait: Wait;
  /** @default those of this thread */
  readonly timers?: Pick<Timers, 'nextTurn'>;
}

/** The minimum interval between notifications: without it, each listener would read entries one by one. */
const ANNOUNCE_INTERVAL_MS = 5;

/** Reads for every follower in the thread. */
export class JournalFollower implements JournalReader {
  readonly state: StateStore;
  readonly #pages: JournalPages;
  readonly #newest: JournalFollowerOptions['newest'];
  readonly #database: StateDatabase;
  readonly #grouped: GroupedState;
  readonly #wait: Wait;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  readonly #announcing: Promise<void>;

  /** Opens the state of a journal that its owner has opened. Throws if it cannot be used. */
  constructor(
    { folder, newest, nowMs }: JournalFollowerOptions,
    { logger, metrics, wait, timers = systemTimers }: JournalFollowerDependencies,
  ) {
    const { state, damages } = StateDatabase.open(folder, nowMs);
    new JournalReporter({ logger, metrics }).damaged(damages);
    this.#database = state;
    this.#newest = newest;
    this.#wait = wait;
    this.#grouped = new GroupedState(state, { wait, timers });
    this.state = this.#grouped;
    this.#pages = new JournalPages({
      readEntries: (ask) => readEntries(folder, ask),
      onPage: (source) => {
        metrics.increment('holdfast_journal_page_reads_total', { source });
      },
    });
    this.#announcing = this.#announce();
  }

  readonly read: JournalReader['read'] = async (options) =>
    this.#pages.read(options, this.#newest.value);

  readonly lastSequence = (): number => this.#newest.value;

  readonly onAppended = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Writes pending state, then closes the files. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#newest.wake();
    await this.#announcing;
    await this.#grouped.settle();
    this.#database.close();
  }

  async #announce(): Promise<void> {
    let seen = this.#newest.value;
    while (!this.#closing.signal.aborted) {
      await this.#newest.changeFrom(seen);
      seen = this.#newest.value;
      for (const listener of this.#listeners) listener();
      await this.#wait(ANNOUNCE_INTERVAL_MS, this.#closing.signal);
    }
  }
}
