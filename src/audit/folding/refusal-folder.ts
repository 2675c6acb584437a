/**
 * Between the decisions and the journal: appends records, and counts repeated refusals in folds.
 *
 *     refusal ─┬─ whole ────────> append
 *              ├─ opens a fold ─> append; the next ones join
 *              └─ joins ────────> the fold's count is saved beside the chain; at the end of its window a summary is
 *                                 appended in its place
 *
 * A count is durable before its refusal is answered. A process that is killed leaves the saved summaries, which the next
 * one appends.
 */
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { isAuditRecord, type AuditRecord } from '../audit-record.ts';
import type { Journal, JournalPlace } from '../journal.ts';
import { FoldBook, type FoldBookLimits, type FoldOverflow } from './fold-book.ts';
import type { Fold } from './fold.ts';
import { GroupedSave } from './grouped-save.ts';
import { isWindowOver, planWindowEnd } from './plan-fold.ts';

export interface RefusalFolderDependencies {
  readonly journal: Pick<Journal, 'append' | 'saveFold' | 'leftFolds'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How often windows are checked, in milliseconds. @default 1000 */
  readonly sweepMs?: number;
}

/** How a record is kept. */
export interface KeptRecord {
  /** Resolves when it is durable: with its place, or that of the record that opened its fold. */
  readonly durable: Promise<JournalPlace>;
  /** The decision that opened the fold of a refusal that was counted; it is the one to be named in the answer. */
  readonly foldedInto?: string;
}

/** A fold and what of it is on its way to the disk. */
interface Running {
  readonly fold: Fold;
  readonly opened: Promise<JournalPlace>;
  readonly saves: GroupedSave;
  place?: JournalPlace;
  /** The last summary: appended again until it is durable. */
  summary?: Summary;
  /** Nothing joins any more; only the summary is missing. */
  ended: boolean;
}

interface Summary {
  readonly key: string;
  readonly record: AuditRecord;
  appended: Promise<unknown>;
  state: 'waiting' | 'failed' | 'durable';
}

/** Owns the open folds of one journal. */
export class RefusalFolder {
  readonly #dependencies: RefusalFolderDependencies;
  readonly #limits: FoldBookLimits;
  readonly #book: FoldBook;
  readonly #running = new Map<Fold, Running>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: FoldBookLimits, dependencies: RefusalFolderDependencies) {
    this.#limits = limits;
    this.#dependencies = dependencies;
    this.#book = new FoldBook(limits);
    const { metrics } = dependencies;
    metrics.beforeExposition(() => {
      metrics.set('holdfast_folds_open', this.#running.size);
    });
  }

  /** Appends the summaries that a killed process left, then checks windows until it is closed. */
  async start(): Promise<void> {
    await this.#appendLeft();
    // A check is cheap: there are few open folds.
    this.#timer = setInterval(() => this.sweep(), this.#dependencies.sweepMs ?? 1000);
    this.#timer.unref();
  }

  readonly keep = (record: AuditRecord): KeptRecord => {
    const { clock, journal } = this.#dependencies;
    if (record.allowed) return { durable: journal.append(record) };
    const entered = this.#book.enter(record, clock.monotonicMs());
    if (entered.place === 'join') return this.#join(entered.fold);
    const durable = journal.append(record);
    if (entered.place === 'open') this.#open(entered.fold, durable);
    else if (entered.overflow !== undefined) this.#countOverflow(entered.overflow);
    return { durable };
  };

  /** Summarizes the folds whose window is over; ends those that counted nothing, or too little. */
  sweep(): void {
    const nowMs = this.#dependencies.clock.monotonicMs();
    for (const running of this.#running.values()) this.#sweepOne(running, nowMs);
  }

  /** Appends every summary. What cannot be appended is left beside the chain, for the next process. */
  readonly close = async (): Promise<void> => {
    clearInterval(this.#timer);
    await Promise.allSettled([...this.#running.values()].map((running) => this.#finish(running)));
  };

  #sweepOne(running: Running, nowMs: MonotonicMs): void {
    const { fold, summary } = running;
    if (summary?.state === 'failed') this.#append(running, summary);
    // While the disk fails, the count goes on in the same part.
    if (summary !== undefined && summary.state !== 'durable') return;
    if (running.ended) this.#running.delete(fold);
    if (running.ended || !isWindowOver(fold.windowStartedAtMs, nowMs, this.#limits)) return;
    running.ended = planWindowEnd(fold.by, fold.count, this.#limits) === 'end';
    if (running.ended) this.#book.remove(fold);
    this.#summarize(running);
    fold.beginPart(nowMs);
  }

  async #finish(running: Running): Promise<void> {
    const { fold, summary } = running;
    this.#book.remove(fold);
    this.#running.delete(fold);
    if (summary?.state === 'failed') this.#append(running, summary);
    await summary?.appended;
    this.#summarize(running);
    await running.summary?.appended;
  }

  #open(fold: Fold, opened: Promise<JournalPlace>): void {
    const saves = new GroupedSave(() => this.#save(running));
    const running: Running = { fold, opened, saves, ended: false };
    this.#running.set(fold, running);
    opened.then(
      (place) => {
        running.place = place;
      },
      () => {
        // Nothing may join a fold whose opening record is not in the journal: those that did were told so.
        this.#book.remove(fold);
        this.#running.delete(fold);
      },
    );
  }

  #join(fold: Fold): KeptRecord {
    const running = this.#running.get(fold);
    if (running === undefined) throw new Error('A refusal joined a fold that is not open');
    this.#dependencies.metrics.increment('holdfast_refusals_folded_total', { by: fold.by });
    return { durable: this.#counted(running), foldedInto: fold.id };
  }

  async #counted(running: Running): Promise<JournalPlace> {
    const place = await running.opened;
    await running.saves.save();
    return place;
  }

  /** What was counted is in the saved part, or in the summary of the part before. */
  async #save({ fold, place, summary }: Running): Promise<void> {
    const { journal, clock } = this.#dependencies;
    const isCounted = fold.count > 0;
    const saved = isCounted
      ? journal.saveFold(fold.partKey, fold.summarize(clock.wallMs(), place))
      : undefined;
    await Promise.all([saved, summary?.appended]);
  }

  #summarize(running: Running): void {
    const { fold, place } = running;
    if (fold.count === 0) return;
    const record = fold.summarize(this.#dependencies.clock.wallMs(), place);
    this.#append(running, {
      key: fold.partKey,
      record,
      appended: Promise.resolve(),
      state: 'waiting',
    });
  }

  #append(running: Running, summary: Summary): void {
    summary.state = 'waiting';
    running.summary = summary;
    summary.appended = this.#dependencies.journal.append(summary.record, summary.key).then(
      () => {
        summary.state = 'durable';
      },
      (fault: unknown) => {
        summary.state = 'failed';
        throw fault;
      },
    );
    // The journal reports its faults itself; the next sweep appends again.
    summary.appended.catch(() => undefined);
  }

  async #appendLeft(): Promise<void> {
    const { journal, clock, logger } = this.#dependencies;
    for (const [key, json] of journal.leftFolds()) {
      const record: unknown = JSON.parse(json);
      if (!isAuditRecord(record) || record.folded === undefined) {
        logger.error('A count of refusals that a killed process left cannot be read', { key });
        continue;
      }
      const time = new Date(clock.wallMs()).toISOString();
      const folded = { ...record.folded, recovered: true };
      await journal.append({ ...record, time, folded }, key);
      logger.warn('Appended a count of refusals that a killed process left', {
        decisionId: record.decisionId,
        count: record.folded.count,
      });
    }
  }

  #countOverflow(reason: FoldOverflow): void {
    this.#dependencies.metrics.increment('holdfast_fold_overflows_total', { reason });
  }
}
