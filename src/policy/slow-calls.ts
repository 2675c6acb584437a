/**
 * Which calls run suspiciously long at this moment. One is an accident that a spare worker makes up for; two of the same
 * kind at once may be an attack, and what is like them then waits for a worker that is kept for suspects.
 */
import { formatCauseKey, partyOf, type RequestCause } from './request-cause.ts';

const CALLS_SUSPICIOUS = 2;

/** Counts slow calls by the policies they judge together, and by their causes. */
export class SlowCalls {
  readonly #byCombination = new Map<string, Set<RequestCause>>();

  /** Begins to count a call; what is returned ends that. */
  begin(combination: string, { ...cause }: RequestCause): () => void {
    const calls = this.#byCombination.get(combination) ?? new Set();
    this.#byCombination.set(combination, calls.add(cause));
    return () => {
      calls.delete(cause);
      if (calls.size === 0) this.#byCombination.delete(combination);
    };
  }

  /** The same policies for the same cause share a fate; so does everybody once they are slow for several parties. */
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
