/**
 * Ended spans on their way to the collector. Adding one never waits: a full queue drops it. Batches are sent one after the other,
 * and each a few times at most, so that a collector that is away costs a bounded queue and nothing else.
 */
import { planBackoff } from '../../base/plan-backoff.ts';
import { RETRY_AFTER_MS_MAX } from '../../base/parse-retry-after.ts';
import type { Wait } from '../../base/wait.ts';
import { errorText } from '../../base/error-details.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { ExportOutcome } from './classify-export-answer.ts';

export interface SpanQueueOptions<Span> {
  readonly queueLengthMax: number;
  readonly batchLengthMax: number;
  /** How long the first span of a batch waits for others. */
  readonly batchDelayMs: number;
  readonly attemptsMax: number;
  /** How long `close` may take. */
  readonly closeMs: number;
  /** The thread whose spans these are: a label of the metrics. */
  readonly thread: string;
  readonly serialize: (spans: readonly Span[]) => string;
  /** Never rejects, and ends soon after the signal. */
  readonly send: (body: string, signal: AbortSignal) => Promise<ExportOutcome>;
}

export interface SpanQueueDependencies {
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** From 0 to 1. */
  readonly random: () => number;
}

export type DropReason = 'queue_full' | 'refused' | 'unavailable' | 'shutdown';

// The first pause after a failure and the longest one: a collector that restarts is back in seconds, and its queue is not ours.
const BACKOFF_MS = 500;
const BACKOFF_MS_MAX = 5000;
const MS_PER_SECOND = 1000;

/** The queue of one thread. */
export class SpanQueue<Span> {
  readonly #options: SpanQueueOptions<Span>;
  readonly #dependencies: SpanQueueDependencies;
  /** No further attempt is worth a pause. */
  readonly #closing = new AbortController();
  /** No further attempt is made. */
  readonly #aborting = new AbortController();
  #spans: Span[] = [];
  /** Ends the wait for a full batch. */
  #batching = new AbortController();
  #running: Promise<void> | undefined;
  #isFailing = false;

  constructor(options: SpanQueueOptions<Span>, dependencies: SpanQueueDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    dependencies.metrics.beforeExposition(() => {
      const { thread } = options;
      dependencies.metrics.set('holdfast_trace_queue_length', this.#spans.length, { thread });
    });
  }

  add(span: Span): void {
    if (this.#closing.signal.aborted) {
      this.#drop(1, 'shutdown');
      return;
    }
    if (this.#spans.length >= this.#options.queueLengthMax) {
      this.#drop(1, 'queue_full');
      return;
    }
    this.#spans.push(span);
    if (this.#spans.length >= this.#options.batchLengthMax) this.#batching.abort();
    this.#running ??= this.#run();
  }

  /** Sends what is queued, for as long as the limit allows; the rest is dropped. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#batching.abort();
    const { closeMs } = this.#options;
    const over = new AbortController();
    const late = this.#dependencies.wait(closeMs, over.signal);
    await Promise.race([this.#running, late]);
    over.abort();
    this.#aborting.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { batchDelayMs, batchLengthMax } = this.#options;
    while (this.#spans.length > 0) {
      if (this.#spans.length < batchLengthMax && !this.#closing.signal.aborted) {
        this.#batching = new AbortController();
        await this.#dependencies.wait(batchDelayMs, this.#batching.signal);
      }
      await this.#export(this.#spans.splice(0, batchLengthMax));
    }
    this.#running = undefined;
  }

  async #export(batch: readonly Span[]): Promise<void> {
    const body = this.#serialize(batch);
    if (body === undefined) return;
    for (let attempt = 1; !this.#aborting.signal.aborted; attempt += 1) {
      const outcome = await this.#attempt(body);
      if (this.#settle(batch, outcome)) return;
      if (this.#closing.signal.aborted) break;
      if (attempt >= this.#options.attemptsMax) {
        this.#drop(batch.length, 'unavailable');
        return;
      }
      await this.#pause(attempt, outcome);
    }
    this.#drop(batch.length, 'shutdown');
  }

  #serialize(batch: readonly Span[]): string | undefined {
    try {
      return this.#options.serialize(batch);
    } catch (fault) {
      this.#fail(errorText(fault));
      this.#drop(batch.length, 'refused');
      return undefined;
    }
  }

  async #attempt(body: string): Promise<ExportOutcome> {
    const { clock, metrics } = this.#dependencies;
    const beganMs = clock.monotonicMs();
    const outcome = await this.#options.send(body, this.#aborting.signal);
    const seconds = (clock.monotonicMs() - beganMs) / MS_PER_SECOND;
    metrics.observe('holdfast_trace_export_duration_seconds', seconds);
    return outcome;
  }

  /** Whether the batch needs no further attempt. */
  #settle(batch: readonly Span[], outcome: ExportOutcome): boolean {
    switch (outcome.status) {
      case 'accepted': {
        const rejected = Math.min(batch.length, outcome.rejectedSpans);
        this.#dependencies.metrics.add(
          'holdfast_trace_spans_exported_total',
          batch.length - rejected,
        );
        if (rejected > 0) this.#drop(rejected, 'refused');
        this.#recover();
        return true;
      }
      case 'refused':
        this.#fail(outcome.reason);
        this.#drop(batch.length, 'refused');
        return true;
      case 'retry':
        this.#fail(outcome.reason);
        return false;
    }
  }

  async #pause(failures: number, outcome: ExportOutcome): Promise<void> {
    const retryAfterMs = outcome.status === 'retry' ? outcome.retryAfterMs : undefined;
    const waitMs = planBackoff(
      { failures, retryAfterMs, random: this.#dependencies.random() },
      { backoffMs: BACKOFF_MS, backoffMaxMs: BACKOFF_MS_MAX, retryAfterMaxMs: RETRY_AFTER_MS_MAX },
    );
    await this.#dependencies.wait(waitMs, this.#closing.signal);
  }

  #drop(count: number, reason: DropReason): void {
    this.#dependencies.metrics.add('holdfast_trace_spans_dropped_total', count, { reason });
  }

  /** One line for each outage, not one for each batch. */
  #fail(reason: string): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#dependencies.logger.warn('Traces are not exported; decisions go on as before', {
      code: 'trace_export_failed',
      reason,
    });
  }

  #recover(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#dependencies.logger.info('Traces are exported again');
  }
}
