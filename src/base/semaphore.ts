/** A counting semaphore with a bounded queue: waiters are served in order, each at most until its deadline. */

export interface SemaphoreOptions {
  readonly runningMax: number;
  readonly waitingMax: number;
}

/** `full`: the queue is full. `timed-out`: no permit was free in time. */
export type Acquisition = 'acquired' | 'full' | 'timed-out';

interface Waiter {
  readonly grant: () => void;
}

/** Counts the permits in use and keeps the queue. */
export class Semaphore {
  readonly #options: SemaphoreOptions;
  readonly #waiting = new Set<Waiter>();
  #running = 0;

  constructor(options: SemaphoreOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  /** A caller that gets `acquired` must call `release` once. */
  async acquire(waitMs: number): Promise<Acquisition> {
    if (this.#running < this.#options.runningMax) {
      this.#running += 1;
      return 'acquired';
    }
    if (this.#waiting.size >= this.#options.waitingMax) return 'full';
    if (waitMs <= 0) return 'timed-out';
    return await this.#wait(waitMs);
  }

  release(): void {
    const [next] = this.#waiting;
    // The permit passes directly to the first waiter, so that no later caller can overtake it.
    if (next === undefined) this.#running -= 1;
    else next.grant();
  }

  #wait(waitMs: number): Promise<Acquisition> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        resolve('timed-out');
      }, waitMs);
      const waiter: Waiter = {
        grant: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve('acquired');
        },
      };
      this.#waiting.add(waiter);
    });
  }
}
