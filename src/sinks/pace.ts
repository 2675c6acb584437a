/** So many milliseconds between two beginnings, for targets that count our messages. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';

/** One pace for one target; its callers come one after the other. */
export class Pace {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #nextAtMs = 0;

  constructor(intervalMs: number, clock: Clock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  /** Resolves when it is time, with true; with false where the signal came first. */
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
