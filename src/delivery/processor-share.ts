/**
 * How much processor time the sinks take while admission needs all there is. Threads share the processors of the
 * container: without a bound, ten sinks take a fifth of the answers during a burst. A record waits on the disk; an
 * API server does not.
 */
import type { Clock } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import { PROCESSOR_LIMITS } from './settings.ts';

export interface ProcessorShareOptions {
  /** How busy the admission thread is, from 0 to 1. */
  readonly utilization: () => number;
  /** The processor time that this thread has used, in milliseconds. */
  readonly usedMs: () => number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly wait: Wait;
}

const PERCENT = 100;
const BUSY = PROCESSOR_LIMITS['audit.delivery.busyPercent'].default / PERCENT;
const SHARE = PROCESSOR_LIMITS['audit.delivery.processorPercentMax'].default / PERCENT;
const YIELD_MS_MAX = PROCESSOR_LIMITS['audit.delivery.yieldMsMax'].default;
/** What may be used at once: some pages of a journal. */
const BALANCE_MS_MAX = 10;
/** Between two looks: a busy moment passes. */
const LOOK_MS = 50;

/** One for all the sinks of a thread. What else the thread does, alerts among it, counts and is never held back. */
export class ProcessorShare {
  readonly #options: ProcessorShareOptions;
  #balanceMs = BALANCE_MS_MAX;
  #seenAtMs: number;
  #seenUsedMs: number;

  constructor(options: ProcessorShareOptions) {
    this.#options = options;
    this.#seenAtMs = options.clock.monotonicMs();
    this.#seenUsedMs = options.usedMs();
  }

  /**
   * Resolves when a sink may read its next page: at once where admission has time to spare, or where the sink's oldest
   * record has waited for too long.
   */
  async enter(behindMs: number, signal: AbortSignal): Promise<void> {
    let waitedMs = 0;
    while (!signal.aborted && behindMs + waitedMs < YIELD_MS_MAX && !this.#mayRun()) {
      await this.#options.wait(LOOK_MS, signal);
      waitedMs += LOOK_MS;
    }
  }

  #mayRun(): boolean {
    const { clock, usedMs, utilization } = this.#options;
    const nowMs = clock.monotonicMs();
    const nowUsedMs = usedMs();
    const earnedMs = (nowMs - this.#seenAtMs) * SHARE;
    const spentMs = nowUsedMs - this.#seenUsedMs;
    this.#seenAtMs = nowMs;
    this.#seenUsedMs = nowUsedMs;
    if (utilization() < BUSY) {
      this.#balanceMs = BALANCE_MS_MAX;
      return true;
    }
    this.#balanceMs = Math.min(BALANCE_MS_MAX, this.#balanceMs + earnedMs - spentMs);
    return this.#balanceMs > 0;
  }
}
