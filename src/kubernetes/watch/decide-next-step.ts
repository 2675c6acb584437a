/** What a reflector does after a list or a watch has ended: list again or watch again, and when. */

/** How a list or a watch ended. The words are the `reason` label of the metric. */
export type ReflectorEnd =
  /** A list was read to its end. */
  | { readonly reason: 'listed' }
  /** The server ended the watch in order; `useful` where it brought anything or lasted. */
  | { readonly reason: 'ended'; readonly useful: boolean }
  /** No byte came for longer than a bookmark takes: the connection is dead, whatever TCP says. */
  | { readonly reason: 'silent'; readonly useful: boolean }
  | { readonly reason: 'broken'; readonly useful: boolean }
  /** 410: what happened since is not kept any more. */
  | { readonly reason: 'gone' }
  | { readonly reason: 'throttled'; readonly retryAfterMs?: number | undefined }
  | { readonly reason: 'failed' }
  /** An event that could not be read, or was too large: the state is no longer known. */
  | { readonly reason: 'unreadable' }
  | { readonly reason: 'absent' | 'forbidden' | 'overflowed' };

export interface ReflectorHistory {
  /** How many ends in a row brought nothing. */
  readonly failures: number;
  /** There is a resource version to watch from. */
  readonly canWatch: boolean;
  /** The last list is older than `kubernetes.watch.resyncMs`. */
  readonly resyncDue: boolean;
  /** 0 to 1: spreads those who failed together. */
  readonly random: number;
}

export interface NextStep {
  readonly action: 'list' | 'watch';
  readonly waitMs: number;
  /** How many failures there are in a row now. */
  readonly failures: number;
  /** What is kept is worth nothing any more, and nothing will change soon. */
  readonly giveUp?: true;
}

// As client-go backs off, in order of magnitude; a server that asks for more than a minute is asked each minute.
const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 30_000;
const RETRY_AFTER_MAX_MS = 60_000;
/** For what does not heal by itself: a missing kind or permission. */
const SLOW_MS = 60_000;
/** Each attempt lists as many objects as fit, only to drop them again. */
const OVERFLOW_MS = 600_000;
/** After so many watches that came to nothing, the version itself is suspected. */
const LIST_AFTER_FAILURES = 4;

// One more 403 is enough to give up again: it was tried often enough before.
const GIVEN_UP = { action: 'list', failures: LIST_AFTER_FAILURES - 1, giveUp: true } as const;

/** Decides by the end, and by how often it went wrong in a row. */
export function decideNextStep(end: ReflectorEnd, state: ReflectorHistory): NextStep {
  const failures = state.failures + 1;
  const backoffMs = planBackoff(failures, state.random);
  const watchOn = state.canWatch && failures < LIST_AFTER_FAILURES ? 'watch' : 'list';
  switch (end.reason) {
    case 'listed':
      // Not yet a success: a list that works beside a watch that does not must not become a storm of lists.
      return { action: 'watch', waitMs: 0, failures: state.failures };
    case 'ended':
      if (!end.useful) return { action: watchOn, waitMs: backoffMs, failures };
      return { action: state.resyncDue ? 'list' : 'watch', waitMs: 0, failures: 0 };
    case 'silent':
    case 'broken':
      if (!end.useful) return { action: watchOn, waitMs: backoffMs, failures };
      return { action: 'watch', waitMs: planBackoff(1, state.random), failures: 1 };
    case 'failed':
      return { action: watchOn, waitMs: backoffMs, failures };
    case 'throttled': {
      const askedMs = Math.min(end.retryAfterMs ?? 0, RETRY_AFTER_MAX_MS);
      const action = state.canWatch ? 'watch' : 'list';
      return { action, waitMs: Math.max(askedMs, backoffMs), failures };
    }
    case 'gone': {
      const waitMs = state.failures === 0 ? 0 : backoffMs;
      return { action: 'list', waitMs, failures };
    }
    case 'unreadable':
      return { action: 'list', waitMs: backoffMs, failures };
    case 'forbidden':
      // An API server that has just started forbids everything until it has read its own roles.
      if (failures < LIST_AFTER_FAILURES) return { action: watchOn, waitMs: backoffMs, failures };
      return { ...GIVEN_UP, waitMs: spread(SLOW_MS, state.random) };
    case 'absent':
      return { ...GIVEN_UP, waitMs: spread(SLOW_MS, state.random) };
    case 'overflowed':
      return { ...GIVEN_UP, waitMs: spread(OVERFLOW_MS, state.random) };
  }
}

/** Doubles from failure to failure, up to half a minute. */
function planBackoff(failures: number, random: number): number {
  return spread(Math.min(BACKOFF_FIRST_MS * 2 ** (failures - 1), BACKOFF_MAX_MS), random);
}

function spread(waitMs: number, random: number): number {
  return waitMs / 2 + (waitMs / 2) * random;
}
