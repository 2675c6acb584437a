/** How long ago something was, for people. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** As in `3 s`, `12 min`, `5 h`, `2 d`. A time in the future is now: clocks of replicas differ. */
export function formatAge(ageMs: number): string {
  const ms = Math.max(0, ageMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

/** The time of a clock, in UTC and whole seconds: `2026-11-30 08:15:04 UTC`. */
export function formatMoment(wallMs: number): string {
  const text = new Date(wallMs).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}
