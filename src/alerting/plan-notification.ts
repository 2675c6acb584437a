/**
 * When a target is notified of an incident: at once, when its severity rises, and periodically with the
 * count.
 */
import type { WallMs } from '../base/clock.ts';
import { planRateLimit } from './plan-rate-limit.ts';
import { SEVERITIES } from './incident.ts';
import type { AlertSeverity, RateUse, Incident } from './incident.ts';

export interface NotificationTarget {
  readonly name: string;
  readonly triggersPerMinuteMax: number;
  readonly repeatMs?: number | undefined;
}

export interface NotificationOptions {
  readonly nowMs: WallMs;
  readonly updateMs: number;
  readonly rate: RateUse | undefined;
  /** For the summary of rate-limited incidents. */
  readonly beyondRateLimit?: boolean | undefined;
}

/**
 * - `first`, `again`: a trigger is due
 * - `folded`: the first trigger exceeds the rate limit and is counted in the summary
 * - `later`: nothing is due
 */
export interface NotificationPlan {
  readonly what: 'first' | 'again' | 'folded' | 'later';
  readonly incident: Incident;
  readonly rate: RateUse | undefined;
}

/** Decides for one incident and one target. */
export function planNotification(
  incident: Incident,
  target: NotificationTarget,
  settings: NotificationOptions,
): NotificationPlan {
  const { nowMs, rate, beyondRateLimit = false } = settings;
  const told = incident.told[target.name];
  if (told !== undefined && !isDue(incident, target, settings)) {
    return { what: 'later', incident, rate };
  }
  const { severity, count } = incident;
  const perMinuteMax = target.triggersPerMinuteMax;
  const asked = planRateLimit(rate, { nowMs, perMinuteMax, severity });
  // A repetition that only keeps the alert open must not be dropped by the rate limit.
  if (!asked.granted && !beyondRateLimit && !isRepeat(incident, target, nowMs)) {
    return { what: told === undefined ? 'folded' : 'later', incident, rate: asked.rate };
  }
  return {
    what: told === undefined ? 'first' : 'again',
    incident: {
      ...incident,
      told: { ...incident.told, [target.name]: { atMs: nowMs, count, severity } },
    },
    rate: asked.rate,
  };
}

function isDue(
  incident: Incident,
  target: NotificationTarget,
  settings: NotificationOptions,
): boolean {
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

function isRepeat(
  { told }: Incident,
  { name, repeatMs }: NotificationTarget,
  nowMs: WallMs,
): boolean {
  const last = told[name];
  return repeatMs !== undefined && last !== undefined && isPast(last.atMs, repeatMs, nowMs);
}

// A time in the future means that the clock was set back: waiting for it would suppress notifications.
function isPast(atMs: number, waitMs: number, nowMs: WallMs): boolean {
  return atMs > nowMs || nowMs - atMs >= waitMs;
}
