/**
 * One record for what has one cause: the first is recorded at once, those of the next minute are counted, and one more record says how
 * many. Else whoever repeats a request would fill the journal.
 */
import type { MonotonicMs } from '../../base/clock.ts';
import type { ObservedFinding } from './observed-finding.ts';

interface Window {
  readonly sinceMs: MonotonicMs;
  /** The last one that was counted, */
  last: ObservedFinding;
  /** and how many: 0 where there is the recorded one alone. */
  count: number;
}

export interface RepeatedCausesOptions {
  readonly windowMs: number;
  readonly causesMax: number;
}

/** The causes of the last minute. */
export class RepeatedCauses {
  readonly #options: RepeatedCausesOptions;
  /** In the order in which their windows end. */
  readonly #windows = new Map<string, Window>();

  constructor(options: RepeatedCausesOptions) {
    this.#options = options;
  }

  /** Whether a window of this cause is open; then the finding is counted in it. */
  count(cause: string, finding: ObservedFinding): boolean {
    const window = this.#windows.get(cause);
    if (window === undefined) return false;
    window.last = finding;
    window.count += 1;
    return true;
  }

  /** Opens the window of a finding that is recorded. Where there are too many, the next of its cause is recorded by itself. */
  open(cause: string, finding: ObservedFinding, nowMs: MonotonicMs): void {
    if (this.#windows.size >= this.#options.causesMax) return;
    this.#windows.set(cause, { sinceMs: nowMs, last: finding, count: 0 });
  }

  /** Ends the windows that are over, and returns what was counted in them. */
  takeEnded(nowMs: MonotonicMs): readonly ObservedFinding[] {
    const counted: ObservedFinding[] = [];
    for (const [cause, { sinceMs, last, count }] of this.#windows) {
      if (nowMs - sinceMs < this.#options.windowMs) break;
      this.#windows.delete(cause);
      if (count > 0) counted.push(withCount(last, count));
    }
    return counted;
  }

  /** Ends all windows. */
  takeAll(): readonly ObservedFinding[] {
    const counted = [...this.#windows.values()]
      .filter(({ count }) => count > 0)
      .map(({ last, count }) => withCount(last, count));
    this.#windows.clear();
    return counted;
  }
}

/** The record itself is one of them. */
function withCount(finding: ObservedFinding, count: number): ObservedFinding {
  return count === 1
    ? finding
    : { ...finding, observed: { ...finding.observed, repeated: count - 1 } };
}
