/**
 * Finds the functions that run while something asynchronous happens, by the files that they are in.
 *
 * Source: Chrome DevTools Protocol, Profiler domain, "startPreciseCoverage" with `callCount`.
 */
import { Session } from 'node:inspector';

/** Counts for as long as it is open; another profiler of the process would miss what was executed meanwhile. */
export class CallCounter {
  readonly #session = new Session();
  readonly #files: RegExp;

  constructor(files: RegExp) {
    this.#files = files;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  }

  /** The called functions of the files, as `name (URL)`. */
  async count(run: () => Promise<void>): Promise<readonly string[]> {
    this.#take();
    await run();
    return this.#take();
  }

  close(): void {
    this.#session.disconnect();
  }

  #take(): readonly string[] {
    const called: string[] = [];
    // The answer comes before the call returns: the session is one of this thread.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      for (const { url, functions } of result) {
        if (!this.#files.test(url)) continue;
        for (const { functionName, ranges } of functions) {
          if ((ranges[0]?.count ?? 0) > 0) called.push(`${functionName} (${url})`);
        }
      }
    });
    return called;
  }
}
