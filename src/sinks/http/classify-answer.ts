/** Classifies an HTTP response to a batch, for targets without rules of their own. */
import type { JournalEntry } from '../../audit/journal.ts';
import type { SinkOutcome } from '../../delivery/sink.ts';
import type { TargetAnswer } from './http-target.ts';

/** The target accepted the request; the sink reads the body. */
export interface Accepted {
  readonly status: 'accepted';
  readonly text: string;
}

/** The request itself is faulty, so a retry cannot succeed. */
const FAULTY_REQUEST: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * A record counts as rejected only if the record itself is at fault. A response about credentials, the URL or the rate
 * is retried: somebody can correct the configuration, and nothing is lost meanwhile.
 */
export function classifyAnswer(
  answer: TargetAnswer,
  entries: readonly JournalEntry[],
): Accepted | SinkOutcome {
  if (answer.status === 'unanswered') return { status: 'retry', reason: answer.reason };
  const { httpStatus, excerpt, retryAfterMs } = answer;
  if (httpStatus >= 200 && httpStatus < 300) return { status: 'accepted', text: answer.text };
  const said = excerpt === '' ? '' : `: ${excerpt}`;
  const reason = `The target answered ${httpStatus}${said}`;
  if (FAULTY_REQUEST.has(httpStatus)) return refuse(entries, reason);
  if (httpStatus >= 300 && httpStatus < 400) {
    return {
      status: 'retry',
      reason: `The target answered ${httpStatus}: no redirect is followed`,
    };
  }
  return { status: 'retry', reason, retryAfterMs };
}

/** Many entries are sent again in halves, until the one that is at fault stands alone. */
export function refuse(entries: readonly JournalEntry[], reason: string): SinkOutcome {
  if (entries.length > 1) return { status: 'too-large', reason };
  return { status: 'refused', sequences: entries.map(({ sequence }) => sequence), reason };
}
