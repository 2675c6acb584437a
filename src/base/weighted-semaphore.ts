/** A semaphore whose permits have a weight, with a bounded queue: waiters are served in order, each at most until its deadline. */
import type { Acquisition } from './semaphore.ts';

export interface WeightedSemaphoreOptions {
  /** What may be used together. */
  readonly weightMax: number;
  readonly waitingMax: number;
}

interface Waiter {
  readonly weight: number;
  readonly grant: () => void;
}

/** Counts the weight in use and keeps the queue. */
export class WeightedSemaphore {
  readonly #options: WeightedSemaphoreOptions;
  readonly #waiting = new Set<Waiter>();
  #weight = 0;

  constructor(options: WeightedSemaphoreOptions) {
    this.#options = options;
  }

  /** What is in use. */
  get weight(): number {
    return this.#weight;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** What outweighs everything runs alone. A caller that gets `acquired` must call `release` once, with the same weight. */
  async acquire(asked: number, waitMs: number): Promise<Acquisition> {
    const weight = this.#limit(asked);
    // Behind those that wait: a row of small ones would keep a large one out for ever.
    if (this.#waiting.size === 0 && this.#fits(weight)) {
      this.#weight += weight;
      return 'acquired';
    }
    if (this.#waiting.size >= this.#options.waitingMax) return 'full';
    if (waitMs <= 0) return 'timed-out';
    return await this.#wait(weight, waitMs);
  }

  release(asked: number): void {
    this.#weight -= this.#limit(asked);
    this.#grantNext();
  }

  #limit(weight: number): number {
    return Math.min(weight, this.#options.weightMax);
  }

  #fits(weight: number): boolean {
    return this.#weight + weight <= this.#options.weightMax;
  }

  #grantNext(): void {
    for (const next of this.#waiting) {
      if (!this.#fits(next.weight)) return;
      next.grant();
    }
  }

  #wait(weight: number, waitMs: number): Promise<Acquisition> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        resolve('timed-out');
        // Those behind it may fit.
        this.#grantNext();
      }, waitMs);
      const waiter: Waiter = {
        weight,
        grant: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          this.#weight += weight;
          resolve('acquired');
        },
      };
      this.#waiting.add(waiter);
    });
  }
}
