/** How long a sink is left alone after it failed, and whether it counts as down. */
import type { RetrySettings } from './settings.ts';

export interface RetryCircumstances {
  /** In a row, this one included: at least 1. */
  readonly failures: number;
  /** What the target asked for. */
  readonly retryAfterMs?: number | undefined;
  /** From 0 to 1, drawn anew each time. */
  readonly random: number;
}

export interface RetryPlan {
  readonly waitMs: number;
  /** `open`: after the wait, one entry is sent as a probe. */
  readonly breaker: 'closed' | 'open';
}

/**
 * Full jitter while the breaker is closed: anything between nothing and the doubled wait, so that replicas which failed
 * together do not come back together. A Retry-After is obeyed up to its bound: it only ever makes a wait longer.
 */
export function planRetry(
  { failures, retryAfterMs = 0, random }: RetryCircumstances,
  settings: RetrySettings,
): RetryPlan {
  const asked = Math.min(retryAfterMs, settings.retryAfterMaxMs);
  if (failures >= settings.breakerFailures) {
    // Never less than half of it: a breaker that opens for a moment is none.
    const openMs = settings.breakerOpenMs * (0.5 + random / 2);
    return { waitMs: Math.max(asked, openMs), breaker: 'open' };
  }
  const ceilingMs = Math.min(settings.backoffMaxMs, settings.backoffMs * 2 ** (failures - 1));
  return { waitMs: Math.max(asked, ceilingMs * random), breaker: 'closed' };
}
