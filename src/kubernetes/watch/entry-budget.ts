/** How many entries all tables together may hold. */

export class EntryBudget {
  readonly #entriesMax: number;
  #taken = 0;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get taken(): number {
    return this.#taken;
  }

  /** `false` where there is no room for so many more. */
  take(entries: number): boolean {
    if (this.#taken + entries > this.#entriesMax) return false;
    this.#taken += entries;
    return true;
  }

  give(entries: number): void {
    this.#taken -= entries;
  }
}
