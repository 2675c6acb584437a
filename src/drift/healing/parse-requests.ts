/**
 * Findings that somebody asked to have healed, in a ConfigMap of the namespace that Holdfast runs in: admission lets only its editors, and
 * whoever has a grant for it, write there, so that a right to read is not one to ask. The record of that write has who it was.
 */
import { z } from 'zod';
import type { WallMs } from '../../base/clock.ts';
import { HEALING_LIMITS } from './settings.ts';

/** The name of the ConfigMap. */
export const REQUESTS_NAME = 'holdfast-heal-requests';

/** The data: by decision id of the finding, when it was asked for (RFC 3339). */
export type HealingRequests = Readonly<Record<string, string>>;

const REQUEST_KEPT_MS = HEALING_LIMITS['drift.heal.requestKeptMs'].default;
const REQUESTS_MAX = HEALING_LIMITS['drift.heal.requestsMax'].default;

const configMapSchema = z.looseObject({
  data: z.record(z.string(), z.string()).nullish(),
});

/** Those that still count, the newest first; none where it cannot be understood. */
export function parseRequests(configMap: unknown, nowMs: WallMs): HealingRequests {
  const { data } = configMapSchema.safeParse(configMap).data ?? {};
  const recent = Object.entries(data ?? {})
    .map(([id, time]) => ({ id, time, atMs: Date.parse(time) }))
    // A time in the future would count for ever.
    .filter(({ atMs }) => Math.abs(nowMs - atMs) < REQUEST_KEPT_MS)
    .toSorted((one, other) => other.atMs - one.atMs)
    .slice(0, REQUESTS_MAX);
  return Object.fromEntries(recent.map(({ id, time }) => [id, time]));
}
