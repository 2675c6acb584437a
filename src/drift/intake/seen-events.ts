/** Which events were taken already: senders repeat what they got no answer for, and send it out of order. */

/** The last ones, in memory: after a restart an event may be taken twice. */
export class SeenEvents {
  readonly #eventsMax: number;
  readonly #ids = new Set<string>();

  constructor(eventsMax: number) {
    this.#eventsMax = eventsMax;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#eventsMax) return;
    const [oldest] = this.#ids;
    if (oldest !== undefined) this.#ids.delete(oldest);
  }
}
