/** Parses a time as users write it. */
import type { WallMs } from '../../base/clock.ts';

const SECOND = 1000;
const UNITS = 'smhdw';
// Seconds, minutes, hours, days and weeks.
const UNIT_MS = [SECOND, 60 * SECOND, 3600 * SECOND, 86_400 * SECOND, 604_800 * SECOND];
const AGO = /^\d{1,7}[smhdw]$/u;
/** RFC 3339 with optional seconds, time or offset: the default is the start of the period, in UTC. */
const MOMENT =
  /^\d{4}-\d{2}-\d{2}(?:[Tt ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?<offset>[Zz]|[+-]\d{2}:\d{2})?)?$/u;

/**
 * Milliseconds since the epoch of `2026-11-20T08:00:00Z`, of `2026-11-20`, or of a duration before now:
 * `90s`, `15m`, `2h`, `7d`, `2w`.
 */
export function parseMoment(text: string, nowMs: WallMs): number | undefined {
  if (AGO.test(text)) return nowMs - Number(text.slice(0, -1)) * unitMs(text);
  const moment = MOMENT.exec(text)?.groups;
  if (moment === undefined) return undefined;
  const { time = '00:00', offset = 'Z' } = moment;
  const ms = Date.parse(`${text.slice(0, 10)}T${time}${offset.toUpperCase()}`);
  return Number.isNaN(ms) ? undefined : ms;
}

function unitMs(text: string): number {
  return Number(UNIT_MS[UNITS.indexOf(text.slice(-1))]);
}
