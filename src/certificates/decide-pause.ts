/** Decides how long the certificates are left alone before they are looked at again. */
import type { Trust } from './classify-trust.ts';

export interface PauseFacts {
  readonly trust: Trust;
  /** Why something is not as it should be. */
  readonly problem: string | undefined;
  /** Whether a change of the registration is told at once. */
  readonly isWatched: boolean;
  /** `certificates.turnMs` */
  readonly turnMs: number;
}

/** A turn asks for four objects, in each replica: where all is in order, most turns are left out. */
const QUIET_TURNS = 5;
/** A third of the lease: two renewals may fail. */
const QUIET_MS_MAX = 5000;

/** In milliseconds. What must not wait where all is in order, another `caBundle`, is told by the watch. */
export function decidePauseMs({ trust, problem, isWatched, turnMs }: PauseFacts): number {
  const isQuiet = isWatched && trust.status === 'trusted' && problem === undefined;
  return isQuiet ? Math.max(turnMs, Math.min(turnMs * QUIET_TURNS, QUIET_MS_MAX)) : turnMs;
}
