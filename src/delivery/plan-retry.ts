/** How long a sink is left alone after it failed, and whether it counts as down. */
import { planBackoff, type Failure } from '../base/plan-backoff.ts';
import type { RetrySettings } from './settings.ts';

export interface RetryPlan {
  readonly waitMs: number;
  /** `open`: after the wait, one entry is sent as a probe. */
  readonly breaker: 'closed' | 'open';
}

/** Backs off until the breaker opens, then waits for its time, of which half is certain: one that opens for a moment is none. */
export function planRetry(failure: Failure, settings: RetrySettings): RetryPlan {
  if (failure.failures < settings.breakerFailures) {
    return { waitMs: planBackoff(failure, settings), breaker: 'closed' };
  }
  const { breakerOpenMs, retryAfterMaxMs } = settings;
  const open = { backoffMs: breakerOpenMs, backoffMaxMs: breakerOpenMs, retryAfterMaxMs };
  return { waitMs: planBackoff(failure, open), breaker: 'open' };
}
