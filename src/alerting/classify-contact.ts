/** What a replica can know of the others, by the exchanges with them. */
import type { MonotonicMs } from '../base/clock.ts';

export interface ContactTimes {
  readonly nowMs: MonotonicMs;
  readonly pollMs: number;
  /** When the engine was started. */
  readonly startedAtMs: MonotonicMs;
  /** When the last exchange ended, with or without an answer. */
  readonly exchangedAtMs: MonotonicMs | undefined;
  /** When the last exchange was begun that was answered. */
  readonly heardAtMs: MonotonicMs | undefined;
}

/**
 * - `current`: it knows what the others have published
 * - `lost`: the others cannot be reached, and may count further attempts
 * - `unknown`: no exchange has ended since it was started, or since it stood still: nothing that it knows can be relied on
 */
export type Contact = 'current' | 'lost' | 'unknown';

/** The number of polls without the end of an exchange that is not a slow API server any more. */
const POLLS = 5;
const EXCHANGE_MS_MAX = 5000;
/** Who has lost the others for an hour goes on alone: without the right to the Lease, nothing would ever be resolved. */
const ALONE_MS = 3_600_000;

/** Classifies the moment. */
export function classifyContact(times: ContactTimes): Contact {
  const { nowMs, pollMs, startedAtMs, exchangedAtMs, heardAtMs } = times;
  const recentMs = Math.max(POLLS * pollMs, EXCHANGE_MS_MAX);
  if (exchangedAtMs === undefined || nowMs - exchangedAtMs > recentMs) return 'unknown';
  if (heardAtMs !== undefined && nowMs - heardAtMs <= recentMs) return 'current';
  return nowMs - (heardAtMs ?? startedAtMs) > ALONE_MS ? 'current' : 'lost';
}
