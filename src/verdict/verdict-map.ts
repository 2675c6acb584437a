/** Verdicts in memory, at most so many: the one that was read longest ago goes first. */
import type { KeptVerdict, VerdictStore } from './verdict-cache.ts';

/** Gives back a verdict by its key, and keeps the most recently read ones. */
export class VerdictMap<Verdict> implements VerdictStore<Verdict> {
  readonly #entriesMax: number;
  // A Map keeps the order of insertion.
  readonly #verdicts = new Map<string, KeptVerdict<Verdict>>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#verdicts.size;
  }

  get(key: string): KeptVerdict<Verdict> | undefined {
    const kept = this.#verdicts.get(key);
    if (kept !== undefined) this.set(key, kept);
    return kept;
  }

  set(key: string, kept: KeptVerdict<Verdict>): void {
    this.#verdicts.delete(key);
    this.#verdicts.set(key, kept);
    const [oldest] = this.#verdicts.keys();
    if (oldest !== undefined && this.#verdicts.size > this.#entriesMax) {
      this.#verdicts.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#verdicts.delete(key);
  }
}
