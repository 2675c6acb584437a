/** Looks at something again and again: after a pause, or at once where a change is told. */
import { systemWait } from '../base/wait.ts';

export interface TurnOptions {
  /** Never rejects. */
  readonly turn: () => Promise<void>;
  /** How long nothing is looked at after a turn, in milliseconds. */
  readonly pauseMs: () => number;
}

export interface FollowedTurns {
  /** Something changed: the next turn begins at once, also where one runs now. */
  readonly hasten: () => void;
  /** Resolves after the turn that runs. */
  readonly close: () => Promise<void>;
}

/** Begins at once. */
export function followTurns({ turn, pauseMs }: TurnOptions): FollowedTurns {
  const stopping = new AbortController();
  let changed = new AbortController();
  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // Before the turn: it may have looked already when the change came.
      changed = new AbortController();
      await turn();
      await systemWait(pauseMs(), AbortSignal.any([stopping.signal, changed.signal]));
    }
  };
  const following = follow();
  return {
    hasten: () => {
      changed.abort();
    },
    close: async () => {
      stopping.abort();
      await following;
    },
  };
}
