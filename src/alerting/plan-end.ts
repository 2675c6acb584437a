/** When an incident is over. */
import type { WallMs } from '../base/clock.ts';
import type { IncidentRule } from './settings.ts';
import type { Incident } from './incident.ts';
import { isHealed } from './plan-incident.ts';

export type IncidentEnd = 'healed' | 'quiet' | 'expired';

export interface EndOptions {
  readonly nowMs: WallMs;
  readonly quietMs: number;
  /** Absent where the configuration no longer has it: quiet alone ends the incident then. */
  readonly rule: IncidentRule | undefined;
}

/** Why it ends now; `undefined` where it goes on. */
export function planEnd(incident: Incident, settings: EndOptions): IncidentEnd | undefined {
  const { nowMs, quietMs, rule } = settings;
  if (incident.expiresAtMs !== undefined) {
    return nowMs >= incident.expiresAtMs ? 'expired' : undefined;
  }
  if (rule?.resolveOnHeal === true && isHealed(incident)) return 'healed';
  return nowMs - incident.quietSinceMs >= (rule?.quietMs ?? quietMs) ? 'quiet' : undefined;
}

// So long is watched after a start before quiet ends anything: what was attempted while nobody looked is read first, and
// a clock that was set forward in between must not end everything at once.
const GRACE_MS = 60_000;

/** The times of an incident that was read at the start, as if it had been watched a little and no later than now. */
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
