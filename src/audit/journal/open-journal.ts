/**
 * The journal in the main thread. It uses two threads: one writes, one checkpoints. Readers run in a thread of
 * their own (`journal-follower.ts`).
 *
 *     append ─> queue ─> batch ─> writer thread: one transaction, one flush ─> every caller gets its position
 *
 * Group commit: while the disk flushes one batch, the next one is collected, so that a slower disk gets larger
 * batches.
 */
import type { Clock } from '../../base/clock.ts';
import { systemTimers, type Timers } from '../../base/timers.ts';
import { HoldfastError } from '../../errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { AuditRecord } from '../audit-record.ts';
import { indexRecord } from '../verify/index-record.ts';
import { fitRecord } from '../fit-record.ts';
import type { Journal, JournalPlace } from '../journal.ts';
import { AppendQueue, type WaitingEntry } from './append-queue.ts';
import type { PendingEntry, SavedFolds } from './segment.ts';
import type {
  AppendedBatch,
  CheckpointCalls,
  JournalStoreOptions,
  WriterCalls,
} from './journal-messages.ts';
import { JournalReporter } from './journal-reporter.ts';
import { SYSTEM_THREADS } from './thread-calls.ts';
import type { CalledThread, JournalThreads } from './thread-calls.ts';
import type { JournalOptions } from '../settings.ts';

export interface JournalDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The interval of maintenance: heads, rotation, removals. @default 1000 */
  readonly maintenanceMs?: number;
  /** @default the threads of this process */
  readonly threads?: JournalThreads;
  /** @default those of this thread */
  readonly timers?: Timers;
}

/** A journal that is open for writing. Throws a `HoldfastError` if the folder is locked or cannot be used. */
export async function openJournal(
  options: JournalOptions,
  dependencies: JournalDependencies,
): Promise<Journal> {
  const journal = new RunningJournal(options, dependencies);
  await journal.open();
  return journal;
}

/** The duration of a flush from which the disk counts as stalled. */
const STALLED_MS = 5000;
const RESTART_DELAY_MS = 1000;

class RunningJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #clock: Clock;
  readonly #reporter: JournalReporter;
  readonly #maintenanceMs: number;
  readonly #queue: AppendQueue;
  readonly #listeners = new Set<() => void>();
  readonly #keepers: (() => number)[] = [];
  readonly #threads: JournalThreads;
  readonly #timers: Timers;
  #writer: CalledThread<WriterCalls>;
  #checkpoints: CalledThread<CheckpointCalls>;
  #lastSequence = 0;
  #leftFolds: SavedFolds = new Map();
  #isCommitting = false;
  #isMaintaining = false;
  #isClosing = false;
  #cancelDelay: (() => void) | undefined;
  #endMaintenance: (() => void) | undefined;
  #drained: (() => void) | undefined;
  #hasNews = false;

  // A check is cheap if nothing is due; heads and rotation are due every few minutes.
  constructor(options: JournalOptions, { maintenanceMs = 1000, ...rest }: JournalDependencies) {
    this.#options = options;
    this.#clock = rest.clock;
    this.#maintenanceMs = maintenanceMs;
    this.#threads = rest.threads ?? SYSTEM_THREADS;
    this.#timers = rest.timers ?? systemTimers;
    this.#writer = this.#threads.startWriter();
    this.#checkpoints = this.#threads.startCheckpoints();
    this.#queue = new AppendQueue(options);
    this.#reporter = new JournalReporter(rest);
    rest.metrics.beforeExposition(() => {
      rest.metrics.set('holdfast_journal_queue_length', this.#queue.length);
      rest.metrics.set('holdfast_journal_last_sequence', this.#lastSequence);
    });
  }

  async open(): Promise<void> {
    try {
      this.#leftFolds = await this.#openWriter();
      await this.#openCheckpoints();
    } catch (fault) {
      await this.close();
      throw fault;
    }
    void this.#writer.ended.then((reason) => this.#restart('writer', reason));
    void this.#checkpoints.ended.then((reason) => this.#restart('checkpoint', reason));
    this.#endMaintenance = this.#timers.every(this.#maintenanceMs, () => void this.#maintain());
  }

  readonly append = (record: AuditRecord, insteadOf?: string): Promise<JournalPlace> => {
    const { recordBytesMax, inputBytesMax } = this.#options;
    const fitted = fitRecord(record, recordBytesMax, inputBytesMax);
    if (fitted.record !== record || record.cut !== undefined) this.#reporter.cut(record.decisionId);
    const { json } = fitted;
    return this.#enqueue({ json, index: indexRecord(fitted.record), fold: insteadOf });
  };

  readonly saveFold = async (key: string, summary: AuditRecord): Promise<void> => {
    const { json } = fitRecord(summary, this.#options.recordBytesMax);
    await this.#enqueue({ json, fold: key });
  };

  readonly leftFolds = (): SavedFolds => this.#leftFolds;

  readonly lastSequence = (): number => this.#lastSequence;

  readonly onAppended = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly problem = (): string | undefined => {
    const oldestAtMs = this.#queue.oldestAtMs;
    const waitedMs = oldestAtMs === undefined ? 0 : this.#clock.monotonicMs() - oldestAtMs;
    if (waitedMs > STALLED_MS) return `records have waited ${Math.round(waitedMs)} ms for the disk`;
    return this.#reporter.problem;
  };

  readonly advice = (): string | undefined => this.#reporter.advice;

  readonly keepFrom = (firstNeededSequence: () => number): void => {
    this.#keepers.push(firstNeededSequence);
  };

  readonly close = async (): Promise<void> => {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#endMaintenance?.();
    if (this.#queue.length > 0) {
      const drained = new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
      this.#pump();
      await drained;
    }
    await Promise.all([this.#end(this.#writer), this.#end(this.#checkpoints)]);
  };

  #enqueue(entry: PendingEntry): Promise<JournalPlace> {
    if (this.#isClosing) {
      return Promise.reject(new HoldfastError('journal_closed', 'The journal is closed'));
    }
    return new Promise((resolve, reject) => {
      const queuedAtMs = this.#clock.monotonicMs();
      if (this.#queue.push({ entry, queuedAtMs, resolve, reject })) {
        this.#pump();
      } else {
        this.#reporter.refused();
        const message = `${this.#queue.length} records wait for the disk already`;
        reject(new HoldfastError('journal_queue_full', message));
      }
    });
  }

  async #openWriter(): Promise<SavedFolds> {
    const { folds, ...state } = await this.#writer.call('open', {
      ...storeOptionsOf(this.#options),
      acknowledged: this.#lastSequence,
    });
    this.#lastSequence = state.lastSequence;
    this.#reporter.opened(state);
    return folds;
  }

  async #openCheckpoints(): Promise<void> {
    await this.#checkpoints.call('open', { folder: this.#options.folder });
  }

  #pump(): void {
    if (this.#isCommitting) return;
    if (this.#queue.length === 0) {
      this.#drained?.();
      return;
    }
    const { batchDelayMs, batchEntriesMax } = this.#options;
    const isFull = this.#queue.unsentLength >= batchEntriesMax;
    if (batchDelayMs === 0 || isFull || this.#isClosing) {
      void this.#commit();
    } else {
      this.#cancelDelay ??= this.#timers.after(batchDelayMs, () => void this.#commit());
    }
  }

  async #commit(): Promise<void> {
    this.#cancelDelay?.();
    this.#cancelDelay = undefined;
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    const batch = this.#queue.take(this.#options.batchEntriesMax);
    try {
      const entries = batch.map(({ entry }) => entry);
      this.#settle(batch, await this.#writer.call('append', entries));
    } catch (fault) {
      this.#fail(batch, fault);
    }
    this.#isCommitting = false;
    this.#pump();
  }

  #settle(batch: readonly WaitingEntry[], appended: AppendedBatch): void {
    this.#queue.settle();
    const { chain, firstSequence, hashes } = appended;
    this.#lastSequence = firstSequence + hashes.length - 1;
    this.#reporter.appended(appended);
    let position = -1;
    for (const { entry, resolve } of batch) {
      if (entry.index !== undefined) position += 1;
      resolve({ chain, sequence: firstSequence + position, hash: hashes[position] ?? '' });
    }
    if (hashes.length > 0) this.#announce();
  }

  #fail(batch: readonly WaitingEntry[], fault: unknown): void {
    this.#queue.settle();
    this.#reporter.failed(fault);
    const reason = fault instanceof Error ? fault : new Error(String(fault));
    for (const { reject } of batch) reject(reason);
  }

  #announce(): void {
    if (this.#hasNews) return;
    this.#hasNews = true;
    this.#timers.nextTurn(() => {
      this.#hasNews = false;
      for (const listener of this.#listeners) listener();
    });
  }

  async #maintain(): Promise<void> {
    // On a slow disk, maintenance calls must not accumulate.
    if (this.#isMaintaining) return;
    this.#isMaintaining = true;
    try {
      const keepFrom = Math.min(
        Number.MAX_SAFE_INTEGER,
        ...this.#keepers.map((keeper) => keeper()),
      );
      this.#reporter.maintained(await this.#writer.call('maintain', { keepFrom }));
      await this.#checkpoints.call('checkpoint', undefined);
    } catch (fault) {
      if (!this.#isClosing) this.#reporter.failed(fault);
    }
    this.#isMaintaining = false;
  }

  #restart(part: 'writer' | 'checkpoint', reason: string): void {
    if (this.#isClosing) return;
    this.#reporter.ended(part, reason);
    this.#timers.after(RESTART_DELAY_MS, () => void this.#startAgain(part));
  }

  async #startAgain(part: 'writer' | 'checkpoint'): Promise<void> {
    if (this.#isClosing) return;
    const thread =
      part === 'writer'
        ? (this.#writer = this.#threads.startWriter())
        : (this.#checkpoints = this.#threads.startCheckpoints());
    void thread.ended.then((reason) => this.#restart(part, reason));
    try {
      await (part === 'writer' ? this.#openWriter() : this.#openCheckpoints());
    } catch (fault) {
      this.#reporter.failed(fault);
      // The thread ended and is restarted.
      await this.#end(thread);
    }
  }

  async #end(thread: {
    readonly call: (name: 'close', ask: undefined) => Promise<undefined>;
    readonly ended: Promise<string>;
  }): Promise<void> {
    try {
      await thread.call('close', undefined);
    } catch (fault) {
      this.#reporter.failed(fault);
    }
    await thread.ended;
  }
}

/** The options of the writer thread, as plain data that a message can carry. */
function storeOptionsOf(options: JournalOptions): JournalStoreOptions {
  return {
    folder: options.folder,
    cluster: options.cluster,
    replica: options.replica,
    headKeyFile: options.headKeyFile,
    headIntervalMs: options.headIntervalMs,
    segmentBytesMax: options.segmentBytesMax,
    segmentAgeMs: options.segmentAgeMs,
    journalBytesMax: options.journalBytesMax,
    retentionMs: options.retentionMs,
  };
}
