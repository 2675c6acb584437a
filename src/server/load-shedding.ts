/**
 * Refuses requests that could only be answered after their deadline. The API server retries after `Retry-After` within its
 * own timeout; queueing instead would make every queued request miss its deadline.
 */

export interface LoadSheddingOptions {
  /** Requests that are being answered at one time; what is beyond is refused at once. */
  readonly concurrentRequestsMax: number;
  /** A process whose timers fire so late cannot keep any deadline. @default 1000 */
  readonly eventLoopLagMsMax?: number;
  /** How often the lag is measured, and so how long a refusal lasts. @default 100 */
  readonly samplingMs?: number;
}

export interface LoadShedding {
  /** Takes a place, or says why there is none. */
  readonly enter: () => 'entered' | 'too_many_requests' | 'event_loop_late';
  /** Gives the place of an entered request back. */
  readonly leave: () => void;
  readonly inFlight: () => number;
  /** How late the last measurement's timer fired. */
  readonly eventLoopLagMs: () => number;
  readonly close: () => void;
}

// A quarter of the default deadline; measured often enough that a refusal lasts for a moment only.
const EVENT_LOOP_LAG_MS_MAX = 1000;
const SAMPLING_MS = 100;

/** Starts measuring; stop it with `close`. */
export function startLoadShedding(options: LoadSheddingOptions): LoadShedding {
  const { concurrentRequestsMax, eventLoopLagMsMax = EVENT_LOOP_LAG_MS_MAX } = options;
  const { samplingMs = SAMPLING_MS } = options;
  let lagMs = 0;
  let lagBeforeMs = 0;
  let inFlight = 0;
  let dueAtMs = performance.now() + samplingMs;

  // A timer of our own: a histogram of perf_hooks forgets the very delay that is under way when it is reset.
  const sampling = setInterval(() => {
    const nowMs = performance.now();
    lagBeforeMs = lagMs;
    lagMs = Math.max(0, nowMs - dueAtMs);
    dueAtMs = nowMs + samplingMs;
  }, samplingMs);
  sampling.unref();

  return {
    enter: () => {
      if (inFlight >= concurrentRequestsMax) return 'too_many_requests';
      // Late once is over already; late twice in a row is a process that cannot keep up.
      if (Math.min(lagMs, lagBeforeMs) > eventLoopLagMsMax) return 'event_loop_late';
      inFlight += 1;
      return 'entered';
    },
    leave: () => {
      inFlight -= 1;
    },
    inFlight: () => inFlight,
    eventLoopLagMs: () => lagMs,
    close: () => {
      clearInterval(sampling);
    },
  };
}
