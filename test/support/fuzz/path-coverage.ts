/**
 * The paths through functions of our own code: which of its blocks a call executes, and about how often. They tell an input that leads
 * somewhere new from one that does not.
 *
 * Source: Chrome DevTools Protocol, Profiler domain, "startPreciseCoverage" with `callCount` and `detailed`.
 */
import { Session, type Profiler } from 'node:inspector';

const SOURCES = '/src/';

/**
 * Watches for as long as it is open: V8 counts blocks only of functions that it compiles meanwhile, so one is opened before they are called,
 * and for all of them. Another profiler of the process would miss what was executed meanwhile.
 */
export class PathCoverage {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** The paths that a call takes. */
  pathsOf(run: () => void): readonly string[] {
    const paths: string[] = [];
    this.#take(() => undefined);
    run();
    this.#take((path) => paths.push(path));
    return paths;
  }

  close(): void {
    this.#session.disconnect();
  }

  #take(keep: (path: string) => void): void {
    // The answer comes before the call returns: the session is one of this thread.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      for (const { url, functions } of result) {
        if (!url.includes(SOURCES)) continue;
        for (const { ranges } of functions) {
          if ((ranges[0]?.count ?? 0) > 0) keep(`${url} ${ranges.map(describe).join(' ')}`);
        }
      }
    });
  }
}

/** Counts by powers of two: a loop that turns once more is no other path. */
function describe({ startOffset, endOffset, count }: Profiler.CoverageRange): string {
  return `${startOffset}-${endOffset}:${count === 0 ? 'never' : Math.ceil(Math.log2(count))}`;
}
