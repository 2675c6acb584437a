/** How busy the admission thread is, in memory that the delivery thread reads: neither waits for the other. */
import { performance } from 'node:perf_hooks';

/** One 32 bit number: thousandths. */
const BYTES = 4;
const WHOLE = 1000;
/** Often enough for a burst of a second, and too seldom to cost anything. */
const PUBLISH_MS = 100;

/** Published by the admission thread, and read from the same memory by others. */
export class AdmissionUtilization {
  readonly memory: SharedArrayBuffer;
  readonly #cell: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.memory = memory;
    this.#cell = new Int32Array(memory);
  }

  /** The part of the last interval in which the event loop was at work: from 0 to 1. */
  get value(): number {
    return Atomics.load(this.#cell, 0) / WHOLE;
  }

  /** Measures the event loop of the calling thread from now on. Returns the end of it; keeps no process alive. */
  publish(): () => void {
    let before = performance.eventLoopUtilization();
    const timer = setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      Atomics.store(this.#cell, 0, Math.round(utilization * WHOLE));
    }, PUBLISH_MS);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  }
}
