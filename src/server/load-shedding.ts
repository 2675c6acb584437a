/**
 * Refuses requests that could only be answered after their deadline. The API server retries after `Retry-After` within its
 * own timeout; queueing instead would make every queued request miss its deadline.
 */

export interface LoadSheddingOptions {
  /** The maximum number of concurrent requests; further ones are refused at once. */
  readonly concurrentRequestsMax: number;
  /** The event loop lag from which no deadline can be met. @default 1000 */
  readonly eventLoopLagMsMax?: number;
  /** How often the lag is measured; a refusal lasts until the next measurement. @default 100 */
  readonly samplingMs?: number;
}

export interface LoadShedding {
  /** Admits a request, or returns the reason for refusing it. */
  readonly enter: () => 'entered' | 'too_many_requests' | 'event_loop_late';
  /** Releases the slot of an admitted request. */
  readonly leave: () => void;
  readonly inFlight: () => number;
  /** How late the last measurement's timer fired. */
  readonly eventLoopLagMs: () => number;
  readonly close: () => void;
}

// A quarter of the default deadline; measured often, so that a refusal is short.
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

  // Our own timer: a perf_hooks histogram loses the delay in progress when it is reset.
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
      // One late timer is already over; two in a row mean that the process cannot keep up.
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
