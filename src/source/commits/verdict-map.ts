/** Verdicts in memory, at most so many: the one that was read longest ago goes first. */
import type { VerdictStore } from './commit-verdicts.ts';

export class VerdictMap<Verdict> implements VerdictStore<Verdict> {
  readonly #entriesMax: number;
  // A Map keeps the order of insertion.
  readonly #verdicts = new Map<string, Verdict>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#verdicts.size;
  }

  get(key: string): Verdict | undefined {
    const verdict = this.#verdicts.get(key);
    if (verdict !== undefined) this.set(key, verdict);
    return verdict;
  }

  set(key: string, verdict: Verdict): void {
    this.#verdicts.delete(key);
    this.#verdicts.set(key, verdict);
    const [oldest] = this.#verdicts.keys();
    if (oldest !== undefined && this.#verdicts.size > this.#entriesMax) {
      this.#verdicts.delete(oldest);
    }
  }
}
