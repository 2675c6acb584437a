/**
 * When a drifted object is asked to be put right: after a while in which its controller may do it by itself, then with growing pauses,
 * until a deadline. What has not converged by then is given up and told, instead of asked for ever.
 */
import type { WallMs } from '../../base/clock.ts';
import type { HealSettings } from './settings.ts';

/** How far the healing of one object has come. */
export interface HealingProgress {
  /** When it was asked for first; absent while it was not, or somebody held it. */
  readonly firstAtMs?: number | undefined;
  /** How often it was asked for since. */
  readonly attempts: number;
  readonly nextAtMs: number;
  readonly gaveUp?: true | undefined;
}

export type HealingStep =
  | { readonly step: 'rest' }
  | { readonly step: 'begin'; readonly progress: HealingProgress }
  | { readonly step: 'ask' }
  | { readonly step: 'give-up'; readonly reason: string };

export interface HealingQuestion {
  readonly progress: HealingProgress | undefined;
  readonly nowMs: WallMs;
  /** When the application was asked, each time; within the window or before. */
  readonly askedAtMs: readonly number[];
  readonly settings: Pick<HealSettings, 'waitMs' | 'deadlineMs' | 'windowMs' | 'attemptsMax'>;
}

/** What to do with an object that drifted. */
export function planHealing({
  progress,
  nowMs,
  askedAtMs,
  settings,
}: HealingQuestion): HealingStep {
  if (progress === undefined) {
    return { step: 'begin', progress: { attempts: 0, nextAtMs: nowMs + settings.waitMs } };
  }
  if (progress.gaveUp === true || nowMs < progress.nextAtMs) return { step: 'rest' };
  const { deadlineMs, windowMs, attemptsMax } = settings;
  const { firstAtMs } = progress;
  if (firstAtMs !== undefined && nowMs - firstAtMs >= deadlineMs) {
    const reason = `it was asked for ${count(progress.attempts)} in ${seconds(nowMs - firstAtMs)} s and has not converged`;
    return { step: 'give-up', reason };
  }
  if (within(askedAtMs, nowMs, windowMs).length >= attemptsMax) {
    const reason = `its application was asked ${count(attemptsMax)} within ${seconds(windowMs)} s (drift.heal.attemptsMax): something changes it again and again`;
    return { step: 'give-up', reason };
  }
  return { step: 'ask' };
}

/** Once it was asked for: each pause is twice the one before, and none leads past the deadline. */
export function planNext(
  progress: HealingProgress,
  nowMs: WallMs,
  { retryMs, deadlineMs }: Pick<HealSettings, 'retryMs' | 'deadlineMs'>,
): HealingProgress {
  const firstAtMs = progress.firstAtMs ?? nowMs;
  const attempts = progress.attempts + 1;
  const pauseMs = retryMs * 2 ** Math.min(attempts - 1, DOUBLINGS_MAX);
  return { firstAtMs, attempts, nextAtMs: Math.min(nowMs + pauseMs, firstAtMs + deadlineMs) };
}

/** While somebody, or the cluster, keeps it from being asked for: the deadline begins again afterwards. */
export function planHeld(
  { attempts }: HealingProgress,
  nowMs: WallMs,
  { retryMs }: Pick<HealSettings, 'retryMs'>,
): HealingProgress {
  return { attempts, nextAtMs: nowMs + retryMs };
}

/** Those that still count. A time in the future is of a clock that was set back, and counts. */
export function within(
  timesMs: readonly number[],
  nowMs: WallMs,
  windowMs: number,
): readonly number[] {
  return timesMs.filter((atMs) => nowMs - atMs < windowMs);
}

/** More doublings than this reach any deadline. */
const DOUBLINGS_MAX = 20;
const MS_PER_SECOND = 1000;

function seconds(durationMs: number): string {
  return String(Math.round(durationMs / MS_PER_SECOND));
}

function count(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}
