/** The Retry-After header. Source: RFC 9110 section 10.2.3. */
import type { WallMs } from './clock.ts';

/** The longest wait that is accepted: a server must not be able to stop delivery for days. */
export const RETRY_AFTER_MS_MAX = 3_600_000;

const SECOND_MS = 1000;

/** Milliseconds to wait, from a number of seconds or a date; `undefined` if the header is absent or malformed. */
export function parseRetryAfter(header: string | undefined, nowMs: WallMs): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,15}$/u.test(text)) return Math.min(Number(text) * SECOND_MS, RETRY_AFTER_MS_MAX);
  // The platform's lenient date parser accepts a number with a sign or a fraction; RFC 9110 does not.
  const atMs = /^[A-Za-z]/u.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(Math.max(atMs - nowMs, 0), RETRY_AFTER_MS_MAX);
}
