/** Reads objects that have changed, a few at a time. */
import { addMs, type Clock } from '../base/clock.ts';
import { Semaphore } from '../base/semaphore.ts';
import type { ApiReading } from '../kubernetes/client/cluster-client.ts';
import { formatObjectPath } from '../kubernetes/client/format-api-path.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface ObjectReaderOptions {
  readonly read: (
    path: string,
    deadlineAtMs: ReturnType<Clock['monotonicMs']>,
  ) => Promise<ApiReading>;
  readonly concurrentReadsMax: number;
  readonly waitingMax: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** An API server that needs longer for one object has others to look after; it is asked again. */
const READ_TIMEOUT_MS = 10_000;
/** So many reads as may wait take a second; after this, they are begun anew. */
const PLACE_WAIT_MS = 60_000;

/** One for all resources. */
export class ObjectReader {
  readonly #options: ObjectReaderOptions;
  readonly #reads: Semaphore;

  constructor(options: ObjectReaderOptions) {
    this.#options = options;
    const { concurrentReadsMax: runningMax, waitingMax } = options;
    this.#reads = new Semaphore({ runningMax, waitingMax });
  }

  /** Rejects where too many wait. What cannot be named by a path is absent. */
  async read(reference: ObjectReference): Promise<ApiReading> {
    const { read, clock, metrics } = this.#options;
    const path = formatObjectPath(reference);
    if (path === undefined) return { status: 'absent' };
    if ((await this.#reads.acquire(PLACE_WAIT_MS)) !== 'acquired') {
      throw new Error('Too many objects wait to be read');
    }
    try {
      const reading = await read(path, addMs(clock.monotonicMs(), READ_TIMEOUT_MS));
      metrics.increment('holdfast_drift_reads_total', { outcome: reading.status });
      return reading;
    } finally {
      this.#reads.release();
    }
  }
}
