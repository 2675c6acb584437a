/** How long a request waits for a verdict that is not there yet. */
import { addMs, monotonicMs, type MonotonicMs } from '../base/clock.ts';
import { SECOND } from '../settings/limit.ts';

/** For the decision, after the last wait: the answer has to be ours, and not that of the API server. */
export const DECISION_MS = SECOND / 2;

/** When the wait ends: as the configuration says, but in time for a decision within the request's deadline. */
export function planWait(
  deadlineAtMs: MonotonicMs,
  { nowMs, waitMs }: { readonly nowMs: MonotonicMs; readonly waitMs: number },
): MonotonicMs {
  return monotonicMs(Math.min(addMs(nowMs, waitMs), deadlineAtMs - DECISION_MS));
}
