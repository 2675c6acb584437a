/** How many triggers a target is given in a minute. */
import type { WallMs } from '../base/clock.ts';
import type { AlertSeverity, Budget } from './incident.ts';

const MINUTE_MS = 60_000;
// Whoever wants an attack overlooked makes noise first: the last quarter is for what is critical.
const SHARE_BELOW_CRITICAL = 0.75;

export interface BudgetRequest {
  readonly nowMs: WallMs;
  readonly perMinuteMax: number;
  readonly severity: AlertSeverity;
}

export interface BudgetAnswer {
  readonly granted: boolean;
  readonly budget: Budget;
}

/** Takes one trigger from the budget of the running minute; a new minute begins when the old one is over. */
export function planBudget(
  budget: Budget | undefined,
  { nowMs, perMinuteMax, severity }: BudgetRequest,
): BudgetAnswer {
  const running = budget !== undefined && isRunning(budget, nowMs);
  const { sinceMs, used } = running ? budget : { sinceMs: nowMs, used: 0 };
  const share = severity === 'critical' ? 1 : SHARE_BELOW_CRITICAL;
  const granted = used < Math.floor(perMinuteMax * share);
  return { granted, budget: { sinceMs, used: granted ? used + 1 : used } };
}

// A minute that begins in the future is of a clock that was set back: it must not last until then.
function isRunning({ sinceMs }: Budget, nowMs: WallMs): boolean {
  return sinceMs <= nowMs && nowMs - sinceMs < MINUTE_MS;
}
