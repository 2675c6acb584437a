/** Saves a value that changes faster than the disk: at most one save is under way, and one waits that holds all changes since. */

export class GroupedSave {
  readonly #write: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** The function reads the value when it is called. */
  constructor(write: () => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when the value is saved as it is now, or as it was changed since. */
  save(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#start();
    this.#next = this.#after(this.#running);
    return this.#next;
  }

  #start(): Promise<void> {
    const running = this.#write().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #after(running: Promise<void>): Promise<void> {
    await running.catch(() => undefined);
    this.#next = undefined;
    await this.#start();
  }
}
