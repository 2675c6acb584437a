/** The rate limit of a target's triggers per minute. */
import type { WallMs } from '../base/clock.ts';
import type { AlertSeverity, RateUse } from './incident.ts';

const MINUTE_MS = 60_000;
// An attacker can create noise to hide an attack: the last quarter is reserved for critical incidents.
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

/** Takes one trigger of the current minute; a new minute begins when it is over. */
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

// A minute that begins in the future means that the clock was set back: it is replaced at once.
function isRunning({ sinceMs }: RateUse, nowMs: WallMs): boolean {
  return sinceMs <= nowMs && nowMs - sinceMs < MINUTE_MS;
}
