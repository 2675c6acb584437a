/** Applies an observation to its incident. */
import type { WallMs } from '../base/clock.ts';
import type { Observation } from './classify-record.ts';
import { SEVERITIES } from './incident.ts';
import type { AlertSeverity, Incident } from './incident.ts';

/** The number of objects that an incident lists; the rest is counted. */
export const LISTED_OBJECTS_MAX = 20;
const ALIASES_MAX = 50;

/** Opens the group's incident, or adds the observation to the open one. */
export function planIncident(
  open: Incident | undefined,
  observation: Observation,
  nowMs: WallMs,
): Incident {
  return open === undefined ? begin(observation, nowMs) : join(open, observation, nowMs);
}

/** The graver of two. */
export function planSeverity(one: AlertSeverity, other: AlertSeverity): AlertSeverity {
  return SEVERITIES.indexOf(one) >= SEVERITIES.indexOf(other) ? one : other;
}

/** Marks an object as written by its GitOps controller after the last attempt on it. */
export function planHeal(incident: Incident, object: string): Incident {
  if (incident.objects[object] !== 'open') return incident;
  return { ...incident, objects: { ...incident.objects, [object]: 'healed' } };
}

/** Whether the GitOps controller has reverted every object of the incident. */
export function isHealed({ objects, unlisted }: Incident): boolean {
  // Unlisted objects cannot be known to be reverted.
  return unlisted === 0 && Object.values(objects).every((state) => state === 'healed');
}

function begin(observation: Observation, nowMs: WallMs): Incident {
  const { rule, key, group, object, count, own, attempt, expiresAtMs, unlisted } = observation;
  return {
    key,
    group,
    rule: rule.name,
    class: rule.class ?? rule.name,
    severity: rule.severity,
    openedAtMs: nowMs,
    quietSinceMs: nowMs,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    count,
    own,
    objects: { [object]: 'open' },
    unlisted: unlisted ?? 0,
    first: attempt,
    last: attempt,
    told: {},
    acknowledged: false,
    aliases: [],
  };
}

function join(open: Incident, observation: Observation, nowMs: WallMs): Incident {
  const { rule, key, object, count, own, attempt, expiresAtMs, unlisted = 0 } = observation;
  const isListed = object in open.objects;
  const hasRoom = isListed || Object.keys(open.objects).length < LISTED_OBJECTS_MAX;
  const expires = [open.expiresAtMs, expiresAtMs].filter((atMs) => atMs !== undefined);
  return {
    ...open,
    severity: planSeverity(open.severity, rule.severity),
    // A rule that says how long its incidents last keeps this one, whoever saw it first.
    ...(rule.quietMs !== undefined && { rule: rule.name }),
    quietSinceMs: nowMs,
    ...(expires.length > 0 && { expiresAtMs: Math.max(...expires) }),
    count: open.count + count,
    own: open.own + own,
    // The newest attempt counts: an object that was reverted and is changed again is open again.
    objects: hasRoom ? { ...open.objects, [object]: 'open' } : open.objects,
    unlisted: open.unlisted + unlisted + (hasRoom ? 0 : count),
    last: attempt,
    // Only another replica's observation of the same group has another key that may have been sent.
    aliases: own === 0 ? withAlias(open, key) : open.aliases,
  };
}

function withAlias({ key, aliases }: Incident, other: string): readonly string[] {
  if (other === key || aliases.includes(other)) return aliases;
  return [...aliases, other].slice(-ALIASES_MAX);
}
