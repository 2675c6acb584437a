/** Whether it makes sense to wait for a pool: how many jobs it has, how many of them may run long, and when it last finished one. */
import type { Clock } from '../base/clock.ts';
import { PROGRESS_MS } from './pool-timing.ts';

/** What is known of a job before it runs. */
interface ExpectedJob {
  readonly isLong: boolean;
}

/** Counts the jobs of one pool. */
export class PoolProgress {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #unfinished = 0;
  #unfinishedLong = 0;
  /** When the last job was finished, or one was begun after a pause. */
  #atMs = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  get isIdle(): boolean {
    return this.#unfinished === 0;
  }

  /** Nothing to do but what may run long, or nothing finished for a while: waiting for the pool helps nobody. */
  get isIdleOrStuck(): boolean {
    if (this.#unfinished === this.#unfinishedLong) return true;
    return this.#clock.monotonicMs() - this.#atMs > PROGRESS_MS;
  }

  begin({ isLong }: ExpectedJob): void {
    if (this.#unfinished === 0) this.#atMs = this.#clock.monotonicMs();
    this.#unfinished += 1;
    if (isLong) this.#unfinishedLong += 1;
  }

  finish({ isLong }: ExpectedJob): void {
    this.#unfinished -= 1;
    if (isLong) this.#unfinishedLong -= 1;
    this.#atMs = this.#clock.monotonicMs();
  }
}
