/**
 * Time as an argument: whoever needs it is given it, so that tests and replays decide what time it is.
 *
 * Two clocks, because the wall clock can be set while the process runs and a suspended machine wakes up in another
 * hour: what is written, sent or compared with a date is wall time, and must follow such a step; deadlines and
 * durations are monotonic time, and must not. The types keep them apart.
 */
declare const kind: unique symbol;

/**
 * Milliseconds since the Unix epoch. Dates, files and other machines give such numbers too, so that any plain number may
 * be one; a monotonic time may not.
 */
export type WallMs = number & { readonly [kind]?: 'wall' };

/**
 * Milliseconds since a moment that means nothing outside this thread. It comes from a clock or from `addMs` alone: wall
 * time, or a sum of plain numbers, is refused by the compiler where a deadline is expected. Never written or sent.
 */
export type MonotonicMs = number & { readonly [kind]: 'monotonic' };

export interface Clock {
  /** What time it is; jumps, both ways, when the machine's clock is set. */
  readonly wallMs: () => WallMs;
  /** Never runs backwards, with fractions where the platform has them. */
  readonly monotonicMs: () => MonotonicMs;
}

/** The time of this machine. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => monotonicMs(performance.now()),
};

/** A later moment of the same clock; an earlier one where the duration is negative. */
export function addMs(atMs: MonotonicMs, durationMs: number): MonotonicMs {
  return monotonicMs(atMs + durationMs);
}

/** A reading of a monotonic clock. For clocks, and where several readings were compared (`Math.min`). */
export function monotonicMs(readingMs: number): MonotonicMs;
/** Gives the reading its kind: while the program runs, it is a number like any other. */
export function monotonicMs(readingMs: number): number {
  return readingMs;
}
