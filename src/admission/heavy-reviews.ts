/**
 * Lets large reviews take memory in turns.
 *
 * A review of some MiB takes up to thirty times its length once it is parsed: four of them at a time would have the kernel kill the process, and
 * with it every other review. So bytes and structure are weighed before parsing, the weights of what is judged at a time stay within a
 * budget, and what cannot be judged in time is denied by its uid.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { countJsonValues } from '../base/count-json-values.ts';
import type { WeightedSemaphore } from '../base/weighted-semaphore.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Admit } from './admit.ts';
import { rejectUnread, type UnreadCode } from './decode.ts';
import type { AdmissionRoute } from './decide.ts';
import { respondRejected, type HttpAnswer } from './respond.ts';
import { ADMISSION_LIMITS } from './settings.ts';

/** What is not larger is not weighed: 512 at a time take less than one large review. */
const HEAVY_BYTES_MIN = ADMISSION_LIMITS['limits.heavyReviewBytesMin'].default;
/** The text, the values' own text, and the copy for the policies, in bytes for each byte. */
const BYTE_WEIGHT = 3;
/**
 * A value on V8's heap with its place in what contains it, in bytes: an empty object has 56, a key of a large map with its text twice as many,
 * and what is compared with the old object again as many. Measured: docs/performance.md.
 */
const VALUE_WEIGHT = 192;
/** Left for the decision itself, of the time until the deadline. */
const DECISION_MS = 500;

export interface HeavyReviewsOptions {
  readonly admit: Admit;
  readonly budget: WeightedSemaphore;
  readonly jsonValuesMax: () => number;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** The same request path, with large reviews in turns. */
export function limitHeavyReviews(options: HeavyReviewsOptions): Admit {
  const { admit } = options;
  return (route, body, deadlineAtMs) =>
    body.byteLength < HEAVY_BYTES_MIN
      ? admit(route, body, deadlineAtMs)
      : admitHeavy({ route, body, deadlineAtMs }, options);
}

interface HeavyReview {
  readonly route: AdmissionRoute;
  readonly body: Uint8Array;
  readonly deadlineAtMs: MonotonicMs;
}

async function admitHeavy(
  { route, body, deadlineAtMs }: HeavyReview,
  options: HeavyReviewsOptions,
): Promise<HttpAnswer> {
  const { admit, budget, jsonValuesMax, clock, metrics } = options;
  const deny = (code: UnreadCode): HttpAnswer => {
    metrics.increment('holdfast_reviews_rejected_total', { route, code });
    return respondRejected(rejectUnread(code, body.subarray(0, BEGINNING_BYTES)));
  };
  const values = countJsonValues(body);
  if (values > jsonValuesMax()) return deny('review_values_exceeded');
  const weight = body.byteLength * BYTE_WEIGHT + values * VALUE_WEIGHT;
  const waitMs = deadlineAtMs - clock.monotonicMs() - DECISION_MS;
  if ((await budget.acquire(weight, waitMs)) !== 'acquired') return deny('review_memory_exceeded');
  try {
    return await admit(route, body, deadlineAtMs);
  } finally {
    // In a turn of its own, so that bodies are received and small reviews answered between two large ones.
    setImmediate(() => {
      budget.release(weight);
    });
  }
}

/** The API server writes the uid first. */
const BEGINNING_BYTES = 4096;
