/** How many triggers a target is given in a minute. */
import type { WallMs } from '../base/clock.ts';
import type { AlertSeverity, RateUse } from './incident.ts';

const MINUTE_MS = 60_000;
// Whoever wants an attack overlooked makes noise first: the last quarter is for what is critical.
const SHARE_BELOW_CRITICAL = 0.75;

export interface RateLimitRequest {
  readonly nowMs: WallMs;
  readonly perMinuteMax: number;
  readonly severity: AlertSeverity;
}

export interface RateLimitAnswer {
  readonly granted: boolean;
  readonly rate: RateUse;
}

/** Takes one trigger from the rate of the running minute; a new minute begins when the old one is over. */
export function planRateLimit(
  rate: RateUse | undefined,
  { nowMs, perMinuteMax, severity }: RateLimitRequest,
): RateLimitAnswer {
  const running = rate !== undefined && isRunning(rate, nowMs);
  const { sinceMs, used } = running ? rate : { sinceMs: nowMs, used: 0 };
  const share = severity === 'critical' ? 1 : SHARE_BELOW_CRITICAL;
  const granted = used < Math.floor(perMinuteMax * share);
  return { granted, rate: { sinceMs, used: granted ? used + 1 : used } };
}

// A minute that begins in the future is of a clock that was set back: it must not last until then.
function isRunning({ sinceMs }: RateUse, nowMs: WallMs): boolean {
  return sinceMs <= nowMs && nowMs - sinceMs < MINUTE_MS;
}
