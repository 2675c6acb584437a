/** How long to wait before a failed operation is retried. */

export interface BackoffOptions {
  /** The longest wait after the first failure; doubled with each further one. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** The longest Retry-After that is obeyed. */
  readonly retryAfterMaxMs: number;
}

export interface Failure {
  /** Consecutive failures, this one included: at least 1. */
  readonly failures: number;
  /** The Retry-After of the server. */
  readonly retryAfterMs?: number | undefined;
  /** A new random number from 0 to 1 for each call. */
  readonly random: number;
}

/** More doublings than this reach any maximum. */
const DOUBLINGS_MAX = 30;
const RETRY_AFTER_SPREAD = 0.1;

/**
 * Milliseconds, by exponential back-off with equal jitter: half of the wait is fixed, half is random, so that replicas
 * which failed together do not retry together. A Retry-After can only lengthen a wait, and gets some jitter for the
 * same reason. Source: RFC 9110 section 10.2.3 for Retry-After.
 */
export function planBackoff(
  { failures, retryAfterMs = 0, random }: Failure,
  { backoffMs, backoffMaxMs, retryAfterMaxMs }: BackoffOptions,
): number {
  const grownMs = Math.min(backoffMaxMs, backoffMs * 2 ** Math.min(failures - 1, DOUBLINGS_MAX));
  const askedMs = Math.min(retryAfterMaxMs, retryAfterMs * (1 + random * RETRY_AFTER_SPREAD));
  return Math.round(Math.max(askedMs, grownMs / 2 + (grownMs / 2) * random));
}
