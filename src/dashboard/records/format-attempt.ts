/** One line of a list: what a record says in a few words. The same texts go into a page and into a stream. */
import { classifyDecision, shownVerdict } from '../../audit/classify-decision.ts';
import { objectingPolicies, type StoredRecord } from '../../audit/journal/parse-record.ts';
import { cutToBytes } from '../../base/cut-to-bytes.ts';
import { formatPlace, formatResource } from '../../kubernetes/object-reference.ts';

/** Texts, not markup. */
export interface AttemptLine {
  readonly sequence: number;
  /** Of the decision; where a record stands for several refusals, of the one that every answer named. */
  readonly decisionId: string;
  /** RFC 3339. */
  readonly time: string;
  /** One of the six words of the journal. */
  readonly decision: string;
  /** How many refusals the record stands for, as in `×12`; else empty. */
  readonly count: string;
  readonly code: string;
  readonly user: string;
  /** As in `UPDATE deployments.apps`, with `(dry run)` where nothing was to be stored. */
  readonly operation: string;
  /** As in `shop/checkout`. */
  readonly object: string;
  /** Those that objected. */
  readonly policies: string;
}

/** A line of a list is read at a glance; the page of the decision has the whole. */
const TEXT_BYTES_MAX = 300;

/** The line of a record. */
export function formatAttempt(sequence: number, record: StoredRecord): AttemptLine {
  const { decisionId, time, operation, dryRun, object, user, folded } = record;
  const subresource = object.subresource === '' ? '' : `/${object.subresource}`;
  return {
    sequence,
    decisionId,
    time,
    decision: classifyDecision(record),
    count: folded === undefined ? '' : `×${folded.count}`,
    code: cut(shownVerdict(record).code),
    user: cut(user.username),
    operation: cut(
      `${operation} ${formatResource(object)}${subresource}${dryRun ? ' (dry run)' : ''}`,
    ),
    object: cut(formatPlace(object)),
    policies: cut(objectingPolicies(record).join(', ')),
  };
}

function cut(text: string): string {
  const start = cutToBytes(text, TEXT_BYTES_MAX);
  return start.length < text.length ? `${start}…` : start;
}
