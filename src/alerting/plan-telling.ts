/** When a target hears of an incident: at once, when it becomes graver, and now and then with the count. */
import type { WallMs } from '../base/clock.ts';
import { planBudget } from './plan-budget.ts';
import { SEVERITIES } from './incident.ts';
import type { AlertSeverity, Budget, Incident } from './incident.ts';

export interface TellingTarget {
  readonly name: string;
  readonly triggersPerMinuteMax: number;
  readonly repeatMs?: number | undefined;
}

export interface TellingSettings {
  readonly nowMs: WallMs;
  readonly updateMs: number;
  readonly budget: Budget | undefined;
  /** For the summary of what the budget had no room for. */
  readonly beyondBudget?: boolean | undefined;
}

/**
 * - `first`, `again`: a trigger is due
 * - `folded`: it would have been the first, and the budget has no room
 * - `later`: nothing is due
 */
export interface Telling {
  readonly what: 'first' | 'again' | 'folded' | 'later';
  readonly incident: Incident;
  readonly budget: Budget | undefined;
}

/** Decides for one incident and one target. */
export function planTelling(
  incident: Incident,
  target: TellingTarget,
  settings: TellingSettings,
): Telling {
  const { nowMs, budget, beyondBudget = false } = settings;
  const told = incident.told[target.name];
  if (told !== undefined && !isDue(incident, target, settings)) {
    return { what: 'later', incident, budget };
  }
  const { severity, count } = incident;
  const perMinuteMax = target.triggersPerMinuteMax;
  const asked = planBudget(budget, { nowMs, perMinuteMax, severity });
  // What is repeated so that the target does not forget it is no news, and must not be folded away.
  if (!asked.granted && !beyondBudget && !isRepeat(incident, target, nowMs)) {
    return { what: told === undefined ? 'folded' : 'later', incident, budget: asked.budget };
  }
  return {
    what: told === undefined ? 'first' : 'again',
    incident: {
      ...incident,
      told: { ...incident.told, [target.name]: { atMs: nowMs, count, severity } },
    },
    budget: asked.budget,
  };
}

function isDue(incident: Incident, target: TellingTarget, settings: TellingSettings): boolean {
  const told = incident.told[target.name];
  if (told === undefined || isGraver(incident.severity, told.severity)) return true;
  const hasNews = incident.count > told.count;
  return (
    (hasNews && isPast(told.atMs, settings.updateMs, settings.nowMs)) ||
    isRepeat(incident, target, settings.nowMs)
  );
}

function isGraver(now: AlertSeverity, then: AlertSeverity): boolean {
  return SEVERITIES.indexOf(now) > SEVERITIES.indexOf(then);
}

function isRepeat({ told }: Incident, { name, repeatMs }: TellingTarget, nowMs: WallMs): boolean {
  const last = told[name];
  return repeatMs !== undefined && last !== undefined && isPast(last.atMs, repeatMs, nowMs);
}

// A time in the future is of a clock that was set back: waiting for it would be silence.
function isPast(atMs: number, waitMs: number, nowMs: WallMs): boolean {
  return atMs > nowMs || nowMs - atMs >= waitMs;
}
