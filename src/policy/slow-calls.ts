/**
 * Tracks calls that currently run suspiciously long. One may be an accident, for which a spare worker compensates; two
 * of the same kind at once may be an attack, and similar calls then wait for a worker that is reserved for suspects.
 */
import { partyOf } from '../kubernetes/party.ts';
import { formatCauseKey, type RequestCause } from './request-cause.ts';

const CALLS_SUSPICIOUS = 2;

/** Counts slow calls by their set of policies, and by their causes. */
export class SlowCalls {
  readonly #byCombination = new Map<string, Set<RequestCause>>();

  /** Starts to count a call; the returned function ends that. */
  begin(combination: string, { ...cause }: RequestCause): () => void {
    const calls = this.#byCombination.get(combination) ?? new Set();
    this.#byCombination.set(combination, calls.add(cause));
    return () => {
      calls.delete(cause);
      if (calls.size === 0) this.#byCombination.delete(combination);
    };
  }

  /**
   * Calls with the same policies and cause are similar; all calls are, once the policies are slow for several
   * parties.
   */
  isSuspect(combination: string, cause: RequestCause): boolean {
    const calls = this.#byCombination.get(combination);
    if (calls === undefined || calls.size < CALLS_SUSPICIOUS) return false;
    const parties = new Set([...calls].map(({ username }) => partyOf(username)));
    if (parties.size >= CALLS_SUSPICIOUS) return true;
    const key = formatCauseKey(cause);
    const own = [...calls].filter((call) => formatCauseKey(call) === key);
    return own.length >= CALLS_SUSPICIOUS;
  }
}
