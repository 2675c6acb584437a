/** The wait after a failed send, and the state of the circuit breaker. */
import { planBackoff, type Failure } from '../base/plan-backoff.ts';
import type { RetrySettings } from './settings.ts';

export interface RetryPlan {
  readonly waitMs: number;
  /** `open`: after the wait, one entry is sent as a probe. */
  readonly breaker: 'closed' | 'open';
}

/**
 * Backs off until the breaker opens, then waits for its time. Half of the wait is fixed: a breaker that opens
 * for a moment has no effect.
 */
export function planRetry(failure: Failure, settings: RetrySettings): RetryPlan {
  if (failure.failures < settings.breakerFailures) {
    return { waitMs: planBackoff(failure, settings), breaker: 'closed' };
  }
  const { breakerOpenMs, retryAfterMaxMs } = settings;
  const open = { backoffMs: breakerOpenMs, backoffMaxMs: breakerOpenMs, retryAfterMaxMs };
  return { waitMs: planBackoff(failure, open), breaker: 'open' };
}
