/**
 * Serves one sink from the journal: at least once, in order, from its cursor. At most one page of the journal is in
 * memory; a slow sink blocks only this loop.
 */
import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import type { Wait } from '../base/wait.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { JournalEntry, JournalReader, StateStore } from '../audit/journal.ts';
import type { Sink, SinkOutcome } from './sink.ts';
import { cutBatch, prepareEntry, type DueEntry } from './cut-batch.ts';
import { DeadLetters } from './dead-letters.ts';
import type { DeliveryMeter } from './delivery-meter.ts';
import { findStart } from './find-start.ts';
import { makeGapEntry } from './gap-entry.ts';
import { matchesFilter } from './match-filter.ts';
import { PendingEntries } from './pending-entries.ts';
import type { PreparedMask } from './prepare-mask.ts';
import type { ProcessorShare } from './processor-share.ts';
import { Progress, type Refusal } from './progress.ts';
import { closeSink, sendOnce } from './call-sink.ts';
import { SinkHealth } from './sink-health.ts';
import type { DeliverySettings } from './settings.ts';

export interface DeliveryOptions {
  readonly settings: DeliverySettings;
  readonly sink: Sink;
  readonly journal: JournalReader;
  readonly state: StateStore;
  readonly cluster: string;
  readonly replica: string;
  /** Creates masks with the current keys; returns a reason if a key cannot be read: nothing is sent unmasked. */
  readonly prepareMask: () => Promise<PreparedMask>;
  readonly meter: DeliveryMeter;
  /** Shared by the sinks of a thread. */
  readonly processor: Pick<ProcessorShare, 'enter'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly wait: Wait;
  /** From 0 to 1. */
  readonly random: () => number;
}

const MS_PER_SECOND = 1000;
// An unreadable journal is read again after a second; the end of the loop is polled at short intervals.
const JOURNAL_RETRY_MS = 1000;
const DRAIN_POLL_MS = 20;

interface Page {
  readonly entries: readonly JournalEntry[];
  /** The newest entry that was durable before the page was read. */
  readonly lastSequence: number;
}

/** The delivery of one sink, from `start` to `close`. */
export class DeliveryLoop {
  readonly #options: DeliveryOptions;
  readonly #progress: Progress;
  readonly #health: SinkHealth;
  readonly #pending: PendingEntries;
  readonly #closing = new AbortController();
  /** RFC 3339; the time of the oldest entry that was read and is not settled. */
  #oldestDue: string | undefined;
  /** Why the last read of the journal failed; `undefined` if it succeeded. */
  #readFault: string | undefined;
  #pageMax: number;
  /** The age of the oldest entry of the last page when it was read. */
  #behindMs = 0;
  /** The entry after which the last read found a gap. */
  #suspectedAfter: number | undefined;

  #running: Promise<void> = Promise.resolve();

  private constructor(options: DeliveryOptions, progress: Progress) {
    const { settings, journal, wait, meter } = options;
    this.#options = options;
    this.#progress = progress;
    this.#health = new SinkHealth(options);
    this.#pageMax = settings.batch.entriesMax;
    const closing = this.#closing.signal;
    this.#pending = new PendingEntries({ journal, batch: settings.batch, wait, closing });
    meter.lag(() => this.#lag());
  }

  /** Starts delivery; resolves when the sink's cursor is known. */
  static async start(options: DeliveryOptions): Promise<DeliveryLoop> {
    const { settings, state, meter } = options;
    const countMax = settings.delivery.deadLettersMax;
    const letters = new DeadLetters({ state, sink: settings.name, countMax });
    await letters.load();
    meter.deadLetters(letters.count);
    const progress = new Progress({ ...options, letters, start: await findStart(options) });
    const loop = new DeliveryLoop(options, progress);
    loop.#running = loop.#run();
    return loop;
  }

  /** The last entry that this sink has finished, durably: retention may remove it. */
  settledThrough(): number {
    return this.#progress.settledThrough;
  }

  /** Why delivery has stopped until somebody intervenes. */
  problem(): string | undefined {
    const { name } = this.#options.settings;
    const { stopReason } = this.#health;
    if (stopReason !== undefined) return `the sink "${name}" was told to stop: ${stopReason}`;
    if (this.#readFault === undefined) return undefined;
    return `the journal cannot be read for the sink "${name}": ${this.#readFault}`;
  }

  /**
   * Delivers what a working sink still accepts, then aborts the send in flight; the rest is sent after the next
   * start.
   */
  async close(): Promise<void> {
    const { sink, wait, logger } = this.#options;
    await this.#drain();
    this.#closing.abort();
    this.#progress.stop();
    await this.#running;
    await this.#progress.save();
    await closeSink(sink, wait, logger);
  }

  /** Resolves when everything is delivered, when the sink fails, or at the time-out. */
  async #drain(): Promise<void> {
    const { settings, clock, wait } = this.#options;
    const endMs = clock.monotonicMs() + settings.delivery.closeMs;
    while (this.#isOpen() && !this.#health.isFailing) {
      const leftMs = endMs - clock.monotonicMs();
      if (leftMs <= 0 || this.#pending.count(this.#progress.position) === 0) return;
      await wait(Math.min(DRAIN_POLL_MS, leftMs), this.#closing.signal);
    }
  }

  async #run(): Promise<void> {
    while (this.#isOpen()) {
      await this.#pending.untilDue(this.#progress.position);
      await this.#options.processor.enter(this.#behindMs, this.#closing.signal);
      if (this.#isOpen() && this.#pending.isAnew(this.#progress.position)) await this.#beginAnew();
      const page = this.#isOpen() ? await this.#readPage() : undefined;
      if (page !== undefined) await this.#deliverPage(page);
    }
    this.#pending.close();
  }

  /** Waiting until the journal reaches the old position again would skip as many entries, and nobody would hear of it. */
  async #beginAnew(): Promise<void> {
    try {
      this.#progress.moveTo(await findStart(this.#options));
    } catch (error) {
      await this.#waitForJournal(error);
    }
  }

  #isOpen(): boolean {
    return !this.#closing.signal.aborted && this.#health.stopReason === undefined;
  }

  async #readPage(): Promise<Page | undefined> {
    const { journal, settings } = this.#options;
    const afterSequence = this.#progress.position;
    // Taken before the read, which includes everything that was durable then.
    const lastSequence = journal.lastSequence();
    try {
      const { entries } = await journal.read({ afterSequence, entriesMax: this.#pageMax });
      this.#readFault = undefined;
      this.#behindMs = this.#ageMs(entries[0]);
      this.#pageMax = Math.min(settings.batch.entriesMax, this.#pageMax * 2);
      return { entries, lastSequence };
    } catch (error) {
      // Entries before a damaged one are read with smaller pages.
      this.#pageMax = Math.max(1, Math.floor(this.#pageMax / 2));
      await this.#waitForJournal(error);
      return undefined;
    }
  }

  /** Nothing is lost, and the sink is not at fault. */
  async #waitForJournal(error: unknown): Promise<void> {
    const { settings, logger, wait } = this.#options;
    if (this.#readFault === undefined && this.#isOpen()) {
      const fields = { sink: settings.name, afterSequence: this.#progress.position, error };
      logger.error('The journal could not be read for a sink; it is tried again', fields);
    }
    this.#readFault = errorText(error);
    await wait(JOURNAL_RETRY_MS, this.#closing.signal);
  }

  #ageMs(entry: JournalEntry | undefined): number {
    if (entry === undefined) return 0;
    return this.#options.clock.wallMs() - Date.parse(entry.record.time);
  }

  /** The part of the page before the first gap. */
  async #deliverPage({ entries, lastSequence }: Page): Promise<void> {
    const { filter } = this.#options.settings;
    const { position } = this.#progress;
    const next = entries.filter(({ sequence }, index) => sequence === position + 1 + index);
    const last = next.at(-1);
    if (last === undefined) {
      await this.#passGap(position, entries[0]?.sequence ?? lastSequence + 1);
      return;
    }
    const passing = next.filter(({ record }) => matchesFilter(record, filter));
    if (!(await this.#deliver(passing))) return;
    await this.#progress.skipTo(last, next.length - passing.length);
    this.#oldestDue = undefined;
  }

  /**
   * Reads twice, with a pause, before it treats entries as lost: entries that are skipped here are never
   * sent.
   */
  async #passGap(lastKnown: number, nextKnown: number): Promise<void> {
    if (this.#suspectedAfter === lastKnown) {
      await this.#deliver([this.#tellGap(lastKnown, nextKnown)]);
      return;
    }
    this.#suspectedAfter = lastKnown;
    await this.#options.wait(JOURNAL_RETRY_MS, this.#closing.signal);
  }

  /** Between two numbers of entries: removed by retention, or in a damaged segment that was set aside. */
  #tellGap(lastKnown: number, nextKnown: number): JournalEntry {
    const { settings, cluster, replica, clock, logger, meter } = this.#options;
    const firstSequence = lastKnown + 1;
    const lastSequence = nextKnown - 1;
    const count = nextKnown - firstSequence;
    const gap = { sink: settings.name, firstSequence, lastSequence };
    logger.error('Records are gone from the journal before a sink had them', { ...gap, count });
    meter.settled('lost', count);
    return makeGapEntry({ ...gap, cluster, replica, nowMs: clock.wallMs() });
  }

  /** Whether every entry is settled; false if the loop ends first. */
  async #deliver(entries: readonly JournalEntry[]): Promise<boolean> {
    this.#oldestDue = entries[0]?.record.time;
    let due = await this.#mask(entries);
    let sendMax = due.length;
    while (due.length > 0 && this.#isOpen()) {
      const part = this.#cut(due, sendMax);
      const outcome = await this.#send(part.map(({ masked }) => masked));
      if (outcome.status === 'too-large' && part.length > 1) {
        sendMax = Math.ceil(part.length / 2);
      } else if (await this.#settle(outcome, part)) {
        due = due.slice(part.length);
        this.#oldestDue = due[0]?.entry.record.time;
        // After an accepted part, the next part may be larger again.
        sendMax = part.length * 2;
      }
    }
    return this.#isOpen();
  }

  async #mask(entries: readonly JournalEntry[]): Promise<readonly DueEntry[]> {
    while (this.#isOpen() && entries.length > 0) {
      const prepared = await this.#options.prepareMask();
      if (prepared.ok) return entries.map((entry) => prepareEntry(entry, prepared.mask));
      await this.#health.pause({ status: 'retry', reason: prepared.reason }, this.#closing.signal);
    }
    return [];
  }

  #cut(due: readonly DueEntry[], sendMax: number): readonly DueEntry[] {
    const { bytesMax } = this.#options.settings.batch;
    return cutBatch(due, { bytesMax, entriesMax: this.#health.isDown ? 1 : sendMax });
  }

  async #send(entries: readonly JournalEntry[]): Promise<SinkOutcome> {
    const { sink, settings, wait, clock, meter } = this.#options;
    const beganMs = clock.monotonicMs();
    const options = { timeoutMs: settings.delivery.timeoutMs, closing: this.#closing.signal, wait };
    const outcome = await sendOnce(sink, entries, options);
    meter.sent(clock.monotonicMs() - beganMs);
    return outcome;
  }

  /** Whether the entries are settled and need not be sent again. */
  async #settle(outcome: SinkOutcome, part: readonly DueEntry[]): Promise<boolean> {
    switch (outcome.status) {
      case 'retry':
        if (this.#isOpen()) await this.#health.pause(outcome, this.#closing.signal);
        return false;
      case 'stopped':
        this.#health.end(outcome.reason);
        return false;
      case 'delivered':
        this.#health.recover();
        await this.#progress.settle(part, { refused: [], reason: '' });
        return true;
      case 'too-large':
        return await this.#refuse(part, { refused: part, reason: outcome.reason });
      case 'refused': {
        const refused = part.filter(({ entry }) => outcome.sequences.includes(entry.sequence));
        return await this.#refuse(part, { refused, reason: outcome.reason });
      }
    }
  }

  async #refuse(part: readonly DueEntry[], refusal: Refusal): Promise<boolean> {
    if (await this.#progress.hasRoomFor(refusal.refused.length)) {
      this.#health.recover();
      await this.#progress.settle(part, refusal);
      return true;
    }
    // Nothing is dropped: with a full dead-letter store, rejected entries wait in the journal until somebody
    // handles the dead letters.
    const reason = `There is no room for more dead letters (audit.sinks.delivery.deadLettersMax): ${refusal.reason}`;
    await this.#health.pause({ status: 'retry', reason }, this.#closing.signal);
    return false;
  }

  #lag(): { readonly entries: number; readonly seconds: number } {
    const entries = this.#pending.count(this.#progress.position);
    if (entries === 0 || this.#oldestDue === undefined) return { entries, seconds: 0 };
    const ageMs = this.#options.clock.wallMs() - Date.parse(this.#oldestDue);
    return { entries, seconds: Math.max(0, ageMs / MS_PER_SECOND) };
  }
}
