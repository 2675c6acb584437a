/** Time as an argument: whoever needs it is given it, so that tests and replays decide what time it is. */
export interface Clock {
  /** Milliseconds since the Unix epoch, with fractions where the platform has them. */
  readonly nowMs: () => number;
}

/** The time of this machine. */
export const systemClock: Clock = {
  // timeOrigin + now() is monotonic within the process: a wall-clock step cannot make a deadline jump.
  nowMs: () => performance.timeOrigin + performance.now(),
};
