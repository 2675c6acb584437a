/**
 * Refuses requests that could only be answered after their deadline. The API server retries after `Retry-After` within its
 * own timeout; queueing instead would make every queued request miss its deadline.
 *
 * Strangers are refused first: they have a share of the places, and one source of theirs half of it. A refusal is an answer that lets
 * pass what is registered to fail open, so that nobody but the API server may cause one for it.
 */
import { strangersShareOf, type Client } from './clients.ts';

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
  readonly enter: (client: Client) => 'entered' | 'too_many_requests' | 'event_loop_late';
  /** Releases the place of an admitted request. */
  readonly leave: (client: Client) => void;
  readonly inFlight: () => number;
  /** How late the last measurement's timer fired. */
  readonly eventLoopLagMs: () => number;
  readonly close: () => void;
}

// A quarter of the default deadline; measured often, so that a refusal is short.
const EVENT_LOOP_LAG_MS_MAX = 1000;
const SAMPLING_MS = 100;
/** Strangers are refused at this share of the lag, so that theirs never becomes one at which the API server is refused. */
const STRANGERS_LAG_SHARE = 0.25;
/**
 * With fewer requests in flight, what made the loop late is one large review after the other, and not their number. Refusing the API server
 * would help none of them, and let a writer of large objects open every webhook that fails open.
 */
const LATE_SHARE = 1 / 8;

/** Starts measuring; stop it with `close`. */
export function startLoadShedding(options: LoadSheddingOptions): LoadShedding {
  const { concurrentRequestsMax, eventLoopLagMsMax = EVENT_LOOP_LAG_MS_MAX } = options;
  const { samplingMs = SAMPLING_MS } = options;
  let lagMs = 0;
  let lagBeforeMs = 0;
  let inFlight = 0;
  let strangersInFlight = 0;
  const strangersMax = strangersShareOf(concurrentRequestsMax);
  const sourceMax = Math.max(1, strangersMax / 2);
  let dueAtMs = performance.now() + samplingMs;

  // Our own timer: a perf_hooks histogram loses the delay in progress when it is reset.
  const sampling = setInterval(() => {
    const nowMs = performance.now();
    lagBeforeMs = lagMs;
    lagMs = Math.max(0, nowMs - dueAtMs);
    dueAtMs = nowMs + samplingMs;
  }, samplingMs);
  sampling.unref();

  // One late timer is already over; two in a row mean that the process cannot keep up.
  function isLate(isStranger: boolean): boolean {
    const late = Math.min(lagMs, lagBeforeMs);
    if (isStranger) return late > eventLoopLagMsMax * STRANGERS_LAG_SHARE;
    return late > eventLoopLagMsMax && inFlight >= concurrentRequestsMax * LATE_SHARE;
  }

  return {
    enter: (client) => {
      const isStranger = client.standing === 'stranger';
      if (inFlight >= concurrentRequestsMax) return 'too_many_requests';
      if (isStranger && (strangersInFlight >= strangersMax || client.source.places >= sourceMax)) {
        return 'too_many_requests';
      }
      if (isLate(isStranger)) return 'event_loop_late';
      inFlight += 1;
      client.places += 1;
      client.source.places += 1;
      if (isStranger) {
        strangersInFlight += 1;
        client.strangerPlaces += 1;
      }
      return 'entered';
    },
    leave: (client) => {
      inFlight -= 1;
      client.places -= 1;
      client.source.places -= 1;
      if (client.strangerPlaces > 0) {
        strangersInFlight -= 1;
        client.strangerPlaces -= 1;
      }
    },
    inFlight: () => inFlight,
    eventLoopLagMs: () => lagMs,
    close: () => {
      clearInterval(sampling);
    },
  };
}
