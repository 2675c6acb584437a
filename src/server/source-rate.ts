/** How often each source may do something: so many times a second, and as many at once where it has done nothing for a second. */
import type { MonotonicMs } from '../base/clock.ts';
import type { Source } from './clients.ts';

const SECOND_MS = 1000;

export interface SourceRateOptions {
  readonly perSecond: number;
  readonly monotonicMs: () => MonotonicMs;
}

/** The rate of each source. */
export class SourceRate {
  readonly #options: SourceRateOptions;
  /**
   * When what a source has done is paid for, by its address: a source that has no connection for a moment is forgotten, and would begin anew.
   * The first to be paid for comes first, or nearly.
   */
  readonly #paidAtMs = new Map<string, number>();

  constructor(options: SourceRateOptions) {
    this.#options = options;
  }

  /** Sources that have done something lately. */
  get size(): number {
    return this.#paidAtMs.size;
  }

  /** Whether the source may do it now. */
  allows({ key }: Source): boolean {
    const paidAtMs = this.#paidAtMs.get(key) ?? 0;
    return paidAtMs + this.#priceMs <= this.#options.monotonicMs() + SECOND_MS;
  }

  /** The source does it. */
  take({ key }: Source): void {
    const nowMs = this.#options.monotonicMs();
    const paidAtMs = Math.max(this.#paidAtMs.get(key) ?? 0, nowMs) + this.#priceMs;
    this.#paidAtMs.delete(key);
    this.#paidAtMs.set(key, paidAtMs);
    for (const [other, otherAtMs] of this.#paidAtMs) {
      if (otherAtMs > nowMs) break;
      this.#paidAtMs.delete(other);
    }
  }

  get #priceMs(): number {
    return SECOND_MS / this.#options.perSecond;
  }
}
