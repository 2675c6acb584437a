/** Lets a fixed number of tasks run at once; a bounded number waits, in order, each at most until its deadline. */

export interface TurnstileOptions {
  readonly runningMax: number;
  readonly waitingMax: number;
}

export type Admission = 'entered' | 'full' | 'late';

interface Waiter {
  readonly enter: () => void;
}

/** Counts who is inside and keeps the queue. */
export class Turnstile {
  readonly #options: TurnstileOptions;
  readonly #waiting = new Set<Waiter>();
  #running = 0;

  constructor(options: TurnstileOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  /** Whoever gets `entered` must call `leave` once. */
  async enter(waitMs: number): Promise<Admission> {
    if (this.#running < this.#options.runningMax) {
      this.#running += 1;
      return 'entered';
    }
    if (this.#waiting.size >= this.#options.waitingMax) return 'full';
    if (waitMs <= 0) return 'late';
    return await this.#wait(waitMs);
  }

  leave(): void {
    const [next] = this.#waiting;
    // The place passes on without being free in between, so nobody can slip in before the first who waits.
    if (next === undefined) this.#running -= 1;
    else next.enter();
  }

  #wait(waitMs: number): Promise<Admission> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        resolve('late');
      }, waitMs);
      const waiter: Waiter = {
        enter: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve('entered');
        },
      };
      this.#waiting.add(waiter);
    });
  }
}
