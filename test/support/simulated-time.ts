/** Time that passes only when nothing else happens: hours of waiting in milliseconds, always in the same order. */
import { type Clock, monotonicMs } from '../../src/base/clock.ts';
import type { Wait } from '../../src/base/wait.ts';

interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
}

/** Rounds of the event loop without a timer of ours, after which nothing more is expected to happen by itself. */
const QUIET_ROUNDS = 3;

export class SimulatedTime {
  readonly #timers = new Set<Timer>();
  /** How long each wait was asked to last, in order. */
  readonly waits: number[] = [];
  /** Counts from zero, so that wall time taken for a deadline shows. */
  #nowMs = 0;
  #wallOffsetMs: number;

  constructor(startMs = Date.UTC(2026, 0, 5, 12)) {
    this.#wallOffsetMs = startMs;
  }

  readonly clock: Clock = {
    wallMs: () => this.#wallOffsetMs + this.#nowMs,
    monotonicMs: () => monotonicMs(this.#nowMs),
  };

  /** Sets the wall clock forward, or back where negative, as an administrator or a time service does. No time passes. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  readonly wait: Wait = (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      this.waits.push(delayMs);
      const fire = (): void => {
        this.#timers.delete(timer);
        signal.removeEventListener('abort', fire);
        resolve();
      };
      const timer = { atMs: this.#nowMs + delayMs, fire };
      this.#timers.add(timer);
      signal.addEventListener('abort', fire, { once: true });
    });

  /** Lets time pass until the condition holds; throws where it does not within so much simulated time. */
  async passUntil(condition: () => boolean, limitMs = 24 * 3_600_000): Promise<void> {
    const endMs = this.#nowMs + limitMs;
    for (;;) {
      await settle();
      if (condition()) return;
      const next = this.#nextTimer();
      if (next === undefined) throw new Error('Nothing is waiting, and it is still not so');
      if (next.atMs > endMs) throw new Error(`Still not so after ${limitMs} ms of simulated time`);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
    }
  }

  /** Lets exactly so much time pass. */
  async pass(durationMs: number): Promise<void> {
    let isOver = false;
    void this.wait(durationMs, new AbortController().signal).then(() => {
      isOver = true;
    });
    this.waits.pop();
    await this.passUntil(() => isOver);
  }

  #nextTimer(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (first === undefined || timer.atMs < first.atMs) first = timer;
    }
    return first;
  }
}

/** Both clocks from one reading, for tests in which nobody sets the wall clock. */
export function clockOf(readMs: () => number): Clock {
  return { wallMs: readMs, monotonicMs: () => monotonicMs(readMs()) };
}

/** Lets everything run that needs no time. */
export async function settle(): Promise<void> {
  for (let round = 0; round < QUIET_ROUNDS; round += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
