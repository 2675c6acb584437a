/** All streams: each is told of new entries at once, and from time to time that nothing happened. */
import { DASHBOARD_LIMITS } from '../settings.ts';
import type { EventStream } from './event-stream.ts';

const STREAMS_MAX = DASHBOARD_LIMITS['dashboard.streamsMax'].default;
const TICK_MS = DASHBOARD_LIMITS['dashboard.tickMs'].default;

/** The newest durable entry: a `SharedSequence`. */
export interface NewestEntry {
  readonly value: number;
  readonly changeFrom: (seen: number) => Promise<void>;
  readonly wake: () => void;
}

/** Follows the newest entry for as long as it is open. */
export class EventStreams {
  readonly #newest: NewestEntry;
  readonly #streams = new Set<EventStream>();
  readonly #ticks: NodeJS.Timeout;
  readonly #following: Promise<void>;
  #isClosed = false;

  constructor(newest: NewestEntry) {
    this.#newest = newest;
    this.#ticks = setInterval(() => {
      void this.#advance();
    }, TICK_MS);
    this.#following = this.#follow();
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Whether there is no place for one more. */
  get isFull(): boolean {
    return this.#streams.size >= STREAMS_MAX;
  }

  add(stream: EventStream): void {
    this.#streams.add(stream);
    void stream.advance(this.#newest.value);
  }

  remove(stream: EventStream): void {
    stream.end();
    this.#streams.delete(stream);
  }

  /** Ends them all. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#ticks);
    for (const stream of this.#streams) this.remove(stream);
    this.#newest.wake();
    await this.#following;
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      const seen = this.#newest.value;
      await this.#advance();
      if (!this.#isClosed) await this.#newest.changeFrom(seen);
    }
  }

  async #advance(): Promise<void> {
    const streams = [...this.#streams];
    await Promise.all(streams.map((stream) => stream.advance(this.#newest.value)));
    for (const stream of streams) if (stream.isEnded) this.#streams.delete(stream);
  }
}
