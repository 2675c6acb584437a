/**
 * Clocks are passed as arguments, so that tests and replays control the time.
 *
 * Two clocks, because the wall clock can be set while the process runs and jumps after a suspend. What is written,
 * sent or compared with a date uses wall time and must follow such a jump; deadlines and durations use monotonic
 * time and must not. The types keep the two apart.
 */
declare const kind: unique symbol;

/**
 * Milliseconds since the Unix epoch. Dates, files and other machines give such values too, so a plain number is
 * accepted; a monotonic time is not.
 */
export type WallMs = number & { readonly [kind]?: 'wall' };

/**
 * Milliseconds since an arbitrary moment; valid only within this thread. Only a clock or `addMs` creates one: the
 * compiler refuses wall time, or a sum of plain numbers, where a deadline is expected. Never written or sent.
 */
export type MonotonicMs = number & { readonly [kind]: 'monotonic' };

export interface Clock {
  /** The current wall time; jumps in both directions when the machine's clock is set. */
  readonly wallMs: () => WallMs;
  /** Never runs backwards, with fractions if the platform has them. */
  readonly monotonicMs: () => MonotonicMs;
}

/** The time of this machine. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => monotonicMs(performance.now()),
};

/** A later moment of the same clock, or an earlier one if the duration is negative. */
export function addMs(atMs: MonotonicMs, durationMs: number): MonotonicMs {
  return monotonicMs(atMs + durationMs);
}

/**
 * Marks a number as a reading of a monotonic clock. For clocks, and after readings were compared
 * (`Math.min`).
 */
export function monotonicMs(readingMs: number): MonotonicMs;
/** Only the type changes: at run time it is a plain number. */
export function monotonicMs(readingMs: number): number {
  return readingMs;
}
