/** Timers and turns of the event loop are passed as arguments, so that tests choose what happens next. */

/** What is scheduled keeps no process alive: whatever waits for it has a thread, a socket or a file that does. */
export interface Timers {
  /** Runs once, after the delay; returns what cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Runs at an interval; returns what ends it. */
  readonly every: (intervalMs: number, run: () => void) => () => void;
  /** Runs in the next turn of the event loop, before which everything runs that needs no time. */
  readonly nextTurn: (run: () => void) => void;
}

/** The timers of this thread. */
export const systemTimers: Timers = {
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  },
  every: (intervalMs, run) => {
    const timer = setInterval(run, intervalMs).unref();
    return () => {
      clearInterval(timer);
    };
  },
  nextTurn: (run) => {
    setImmediate(run);
  },
};
