/** How long a message waits before it is sent again. */

export interface RetryRequest {
  /** How often it was sent, from 1. */
  readonly attempts: number;
  /** Whether the service spoke at all; a connection that failed is tried sooner. */
  readonly answered: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** 0 to 1. */
  readonly random: number;
}

/** The longest first wait where nobody answered: a network that blinks is back within seconds. */
const UNANSWERED_MS = 2000;

/** Milliseconds: doubled each time, up to the maximum, half of it by chance; never sooner than the service asked. */
export function planRetry(request: RetryRequest): number {
  const { attempts, answered, retryAfterMs = 0, backoffMs, backoffMaxMs, random } = request;
  const firstMs = answered ? backoffMs : Math.min(UNANSWERED_MS, backoffMs);
  const grownMs = Math.min(firstMs * 2 ** Math.min(attempts - 1, 30), backoffMaxMs);
  const waitMs = grownMs / 2 + (grownMs / 2) * random;
  // All replicas were asked the same: the chance spreads them a little here, too.
  return Math.round(Math.max(waitMs, retryAfterMs * (1 + random / 10)));
}
