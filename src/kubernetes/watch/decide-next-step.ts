/** What a reflector does after a list or a watch has ended: list again or watch again, and when. */

/** How a list or a watch ended. The values are the `reason` label of the metric. */
export type ReflectorEnd =
  /** A list was read to its end. */
  | { readonly reason: 'listed' }
  /** The server closed the watch normally; `useful` if it brought events or lasted long enough. */
  | { readonly reason: 'ended'; readonly useful: boolean }
  /**
   * No byte arrived within the interval of bookmarks: the connection counts as dead, even if TCP does not
   * report it.
   */
  | { readonly reason: 'silent'; readonly useful: boolean }
  | { readonly reason: 'broken'; readonly useful: boolean }
  /** 410 Gone: the resource version is too old. */
  | { readonly reason: 'gone' }
  | { readonly reason: 'throttled'; readonly retryAfterMs?: number | undefined }
  | { readonly reason: 'failed' }
  /** An event was malformed or too large: the state is no longer known. */
  | { readonly reason: 'unreadable' }
  | { readonly reason: 'absent' | 'forbidden' | 'overflowed' };

export interface ReflectorHistory {
  /** How many consecutive watches brought nothing. */
  readonly failures: number;
  /** A resource version to watch from is known. */
  readonly canWatch: boolean;
  /** The last list is older than `kubernetes.watch.resyncMs`. */
  readonly resyncDue: boolean;
  /** 0 to 1: jitter for reflectors that failed together. */
  readonly random: number;
}

export interface NextStep {
  readonly action: 'list' | 'watch';
  readonly waitMs: number;
  /** The number of consecutive failures. */
  readonly failures: number;
  /** The cached state is invalid, and no recovery is expected soon. */
  readonly giveUp?: true;
}

// The order of magnitude of client-go's back-off; a Retry-After of more than a minute is shortened to a
// minute.
const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 30_000;
const RETRY_AFTER_MAX_MS = 60_000;
/** For a missing kind or permission, which needs a change by a person. */
const SLOW_MS = 60_000;
/** Each attempt lists objects until the quota is full, and drops them again. */
const OVERFLOW_MS = 600_000;
/** After this many watches without an event, the resource version itself is suspect. */
const LIST_AFTER_FAILURES = 4;

// One more 403 is enough to give up again: the retries were used before.
const GIVEN_UP = { action: 'list', failures: LIST_AFTER_FAILURES - 1, giveUp: true } as const;

/** Decides by how the list or watch ended, and by the number of consecutive failures. */
export function decideNextStep(end: ReflectorEnd, state: ReflectorHistory): NextStep {
  const failures = state.failures + 1;
  const backoffMs = planBackoff(failures, state.random);
  const watchOn = state.canWatch && failures < LIST_AFTER_FAILURES ? 'watch' : 'list';
  switch (end.reason) {
    case 'listed':
      // Not yet a success: if lists work and watches fail, resetting the back-off would cause a storm of
      // lists.
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
      // An API server that has just started answers 403 until it has loaded its RBAC roles.
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
