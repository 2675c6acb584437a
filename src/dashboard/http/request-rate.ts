/** How many requests a second are answered: a bucket that fills steadily, and lets bursts of twice a second's worth pass. */
import type { MonotonicMs } from '../../base/clock.ts';

const SECOND_MS = 1000;
/** A page asks for its style and script at once. */
const BURST_SECONDS = 2;

/** One bucket. */
export class RequestRate {
  readonly #perSecond: number;
  #left: number;
  #filledAtMs: number | undefined;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond * BURST_SECONDS;
  }

  /** Whether one more may be answered now. */
  take(nowMs: MonotonicMs): boolean {
    const passedMs = nowMs - (this.#filledAtMs ?? nowMs);
    this.#filledAtMs = nowMs;
    const filled = this.#left + (passedMs * this.#perSecond) / SECOND_MS;
    this.#left = Math.min(this.#perSecond * BURST_SECONDS, filled);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
