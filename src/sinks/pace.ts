/** A minimum interval between messages, for targets with a rate limit. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';

/** The rate limiter of one target, for one caller at a time. */
export class Pace {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #nextAtMs = 0;

  constructor(intervalMs: number, clock: Clock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  /** Resolves with true when the next message may be sent; with false if the signal aborts first. */
  async wait(signal: AbortSignal): Promise<boolean> {
    const waitMs = this.#nextAtMs - this.#clock.monotonicMs();
    try {
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
    } catch {
      return false;
    }
    this.#nextAtMs = this.#clock.monotonicMs() + this.#intervalMs;
    return true;
  }
}
