/**
 * Counts the blocks of code that a function executes, and what its result holds on to. Unlike time and heap, both are the same on every
 * machine and in every run. What the engine does by itself (regular expressions, copying of buffers) is not counted.
 *
 * Source: Chrome DevTools Protocol, Profiler domain, "startPreciseCoverage" with `callCount` and `detailed`.
 */
import { Session } from 'node:inspector';

const SOURCES = '/src/';

/** Counts for as long as it is open; another profiler of the process would miss what was executed meanwhile. */
export class WorkCounter {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** The executed blocks of this product's own code: each call, each turn of a loop, each branch. */
  count(run: () => void): number {
    this.#take();
    run();
    return this.#take();
  }

  close(): void {
    this.#session.disconnect();
  }

  #take(): number {
    let blocks = 0;
    // The answer comes before the call returns: the session is one of this thread.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      for (const { url, functions } of result) {
        if (!url.includes(SOURCES)) continue;
        for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
      }
    });
    return blocks;
  }
}

/** Bytes of memory behind buffers, each once, and the number of values that a result consists of. */
export function measureHeld(value: unknown): { readonly bytes: number; readonly values: number } {
  const seen = new Set<unknown>();
  let bytes = 0;
  let values = 0;
  const waiting: unknown[] = [value];
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    values += 1;
    if (typeof next === 'string') bytes += next.length;
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (ArrayBuffer.isView(next)) {
      if (seen.has(next.buffer)) continue;
      seen.add(next.buffer);
      bytes += next.buffer.byteLength;
    } else if (next instanceof Map) waiting.push(...next.keys(), ...next.values());
    else waiting.push(...(next instanceof Set ? next : Object.values(next)));
  }
  return { bytes, values };
}
