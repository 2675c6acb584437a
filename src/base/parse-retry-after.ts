/** The Retry-After header. Source: RFC 9110 section 10.2.3. */
import type { WallMs } from './clock.ts';

/** The longest wait that is accepted: a server must not be able to stop us for days. */
export const RETRY_AFTER_MS_MAX = 3_600_000;

const SECOND_MS = 1000;

/** Milliseconds to wait, from a number of seconds or a date; `undefined` where the header is absent or neither. */
export function parseRetryAfter(header: string | undefined, nowMs: WallMs): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,15}$/u.test(text)) return Math.min(Number(text) * SECOND_MS, RETRY_AFTER_MS_MAX);
  // A bare number with a sign or a fraction is a date to the platform's lenient parser, and to nobody else.
  const atMs = /^[A-Za-z]/u.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(Math.max(atMs - nowMs, 0), RETRY_AFTER_MS_MAX);
}
