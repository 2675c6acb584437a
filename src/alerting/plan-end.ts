/** Decides when an incident ends. */
import type { WallMs } from '../base/clock.ts';
import type { IncidentRule } from './settings.ts';
import type { Incident } from './incident.ts';
import { isHealed } from './plan-incident.ts';

export type IncidentEnd = 'healed' | 'quiet' | 'expired';

export interface EndOptions {
  readonly nowMs: WallMs;
  readonly quietMs: number;
  /** Absent if it is no longer configured: then only quiet time ends the incident. */
  readonly rule: IncidentRule | undefined;
}

/** Why it ends now; `undefined` if it stays open. */
export function planEnd(incident: Incident, settings: EndOptions): IncidentEnd | undefined {
  const { nowMs, quietMs, rule } = settings;
  if (incident.expiresAtMs !== undefined) {
    return nowMs >= incident.expiresAtMs ? 'expired' : undefined;
  }
  if (rule?.resolveOnHeal === true && isHealed(incident)) return 'healed';
  return nowMs - incident.quietSinceMs >= (rule?.quietMs ?? quietMs) ? 'quiet' : undefined;
}

// The observation time after a start before quiet ends an incident: attempts during the downtime are read first, and a
// clock that was set forward must not end everything at once.
const GRACE_MS = 60_000;

/**
 * Adjusts the times of a stored incident at startup, so that none is later than now and a short observation
 * time remains.
 */
export function planResumption(incident: Incident, settings: EndOptions): Incident {
  const { nowMs, rule, quietMs } = settings;
  const duration = rule?.quietMs ?? quietMs;
  const earliestMs = nowMs - duration + Math.min(GRACE_MS, duration);
  return {
    ...incident,
    openedAtMs: Math.min(incident.openedAtMs, nowMs),
    quietSinceMs: Math.min(Math.max(incident.quietSinceMs, earliestMs), nowMs),
  };
}
