/** A quota of cache entries that all tables share, so that memory is bounded whatever the cluster holds. */

export class EntryQuota {
  readonly #entriesMax: number;
  #used = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get used(): number {
    return this.#used;
  }

  /** `false` where fewer are left; then none is reserved. */
  reserve(entries: number): boolean {
    if (this.#used + entries > this.#entriesMax) return false;
    this.#used += entries;
    return true;
  }

  release(entries: number): void {
    this.#used -= entries;
  }
}
