/** How long to wait before something that failed is tried again. */

export interface BackoffOptions {
  /** The longest wait after the first failure; doubled with each further one. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** A Retry-After counts up to this. */
  readonly retryAfterMaxMs: number;
}

export interface Failure {
  /** In a row, this one included: at least 1. */
  readonly failures: number;
  /** What the other side asked for. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 to 1, drawn anew each time. */
  readonly random: number;
}

/** More doublings than this reach any maximum. */
const DOUBLINGS_MAX = 30;
const RETRY_AFTER_SPREAD = 0.1;

/**
 * Milliseconds, by exponential back-off with equal jitter: half of the wait is certain, half is chance, so that replicas
 * which failed together do not come back together. A Retry-After only ever makes a wait longer, and is spread a little for
 * the same reason. Source: RFC 9110 section 10.2.3 for Retry-After.
 */
export function planBackoff(
  { failures, retryAfterMs = 0, random }: Failure,
  { backoffMs, backoffMaxMs, retryAfterMaxMs }: BackoffOptions,
): number {
  const grownMs = Math.min(backoffMaxMs, backoffMs * 2 ** Math.min(failures - 1, DOUBLINGS_MAX));
  const askedMs = Math.min(retryAfterMaxMs, retryAfterMs * (1 + random * RETRY_AFTER_SPREAD));
  return Math.round(Math.max(askedMs, grownMs / 2 + (grownMs / 2) * random));
}
