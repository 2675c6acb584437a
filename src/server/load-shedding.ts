/**
 * Refuses quickly what could only be answered too late. The API server asks again after `Retry-After` while its
 * own time-out allows; a request that waits behind others until its deadline is lost, and the others with it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoadSheddingOptions {
  /** Requests that are being answered at one time; what is beyond is refused at once. */
  readonly concurrentRequestsMax: number;
  /** A process whose timers fire so late cannot keep any deadline. @default 1000 */
  readonly eventLoopLagMsMax?: number;
  /** How long one measurement of the lag lasts, and so how long a refusal lasts. @default 250 */
  readonly samplingMs?: number;
}

export interface LoadShedding {
  /** Takes a place, or says why there is none. */
  readonly enter: () => 'entered' | 'too_many_requests' | 'event_loop_late';
  /** Gives the place of an entered request back. */
  readonly leave: () => void;
  readonly inFlight: () => number;
  /** The mean of the last sampling period. */
  readonly eventLoopLagMs: () => number;
  readonly close: () => void;
}

const EVENT_LOOP_LAG_MS_MAX = 1000;
const SAMPLING_MS = 250;
const LAG_RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

/** Starts measuring; stop it with `close`. */
export function startLoadShedding(options: LoadSheddingOptions): LoadShedding {
  const { concurrentRequestsMax, eventLoopLagMsMax = EVENT_LOOP_LAG_MS_MAX } = options;
  const delays = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  delays.enable();
  let lagMs = 0;
  let inFlight = 0;

  const sampling = setInterval(() => {
    // No sample at all means that nothing could be late. What is measured contains the resolution itself.
    const meanMs = delays.count === 0 ? 0 : delays.mean / NANOSECONDS_PER_MS - LAG_RESOLUTION_MS;
    lagMs = Math.max(0, meanMs);
    delays.reset();
  }, options.samplingMs ?? SAMPLING_MS);
  sampling.unref();

  return {
    enter: () => {
      if (inFlight >= concurrentRequestsMax) return 'too_many_requests';
      if (lagMs > eventLoopLagMsMax) return 'event_loop_late';
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
      delays.disable();
    },
  };
}
