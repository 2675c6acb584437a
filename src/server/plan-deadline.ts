/** The deadline of a request. Pure. */
import { type MonotonicMs, addMs } from '../base/clock.ts';

export interface DeadlineOptions {
  readonly nowMs: MonotonicMs;
  /** Our own limit, used if the API server names none. */
  readonly requestDeadlineMs: number;
}

/** The API server gives up at its time-out; the response must be sent before. */
const MARGIN_SHARE = 0.1;
const MARGIN_MS_MAX = 500;

/** The units of a Go duration that a webhook time-out can have. */
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The deadline of a request with the query parameter `timeout`, which the API server sets to the webhook's time-out. */
export function planDeadline(timeout: unknown, options: DeadlineOptions): MonotonicMs {
  const { nowMs, requestDeadlineMs } = options;
  const timeoutMs = parseDuration(timeout);
  if (timeoutMs === undefined) return addMs(nowMs, requestDeadlineMs);
  const marginMs = Math.min(timeoutMs * MARGIN_SHARE, MARGIN_MS_MAX);
  return addMs(nowMs, Math.min(requestDeadlineMs, timeoutMs - marginMs));
}

/** A duration as Go prints it: `5s`, `1m30s`, `500ms`. Nothing if it is not a duration, or not positive. */
function parseDuration(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h)){1,4}$/.test(text)) {
    return undefined;
  }
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
    totalMs += Number(amount) * Number(UNIT_MS[String(unit)]);
  }
  return totalMs > 0 ? totalMs : undefined;
}
