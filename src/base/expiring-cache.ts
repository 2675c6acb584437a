/** A cache with a time to live and a maximum size; the oldest entry is evicted first. */
import type { MonotonicMs } from './clock.ts';

export interface ExpiringCacheOptions {
  readonly lifeMs: number;
  readonly entriesMax: number;
}

/** Every entry has the same time to live. */
export class ExpiringCache<Value> {
  readonly #options: ExpiringCacheOptions;
  // A Map keeps insertion order, and all entries have the same time to live: the first is the oldest.
  readonly #entries = new Map<string, { readonly value: Value; readonly expiresAtMs: number }>();

  constructor(options: ExpiringCacheOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value, if it exists and has not expired. */
  get(key: string, nowMs: MonotonicMs): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAtMs > nowMs) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: Value, nowMs: MonotonicMs): void {
    const { lifeMs, entriesMax } = this.#options;
    if (lifeMs <= 0 || entriesMax <= 0) return;
    this.#entries.delete(key);
    if (this.#entries.size >= entriesMax) this.#dropOldest();
    this.#entries.set(key, { value, expiresAtMs: nowMs + lifeMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  #dropOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
