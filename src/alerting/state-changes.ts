/** What has to be written to the journal's state: collected while incidents are planned, written as a whole. */

/** The latest change of each key; `undefined` deletes it. */
export class StateChanges {
  #changes = new Map<string, string | undefined>();

  set(key: string, value: unknown): void {
    this.#changes.set(key, JSON.stringify(value));
  }

  remove(key: string): void {
    this.#changes.set(key, undefined);
  }

  /** Hands the changes over; `undefined` where there are none. */
  take(): Readonly<Record<string, string | undefined>> | undefined {
    if (this.#changes.size === 0) return undefined;
    const taken = Object.fromEntries(this.#changes);
    this.#changes = new Map();
    return taken;
  }

  /** Takes back what could not be written; what has changed since stays as it is. */
  putBack(changes: Readonly<Record<string, string | undefined>>): void {
    this.#changes = new Map([...Object.entries(changes), ...this.#changes]);
  }
}
