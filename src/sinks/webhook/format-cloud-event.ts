/**
 * Formats a journal entry as a CloudEvent. Sources: CloudEvents 1.0.2 (spec, JSON format, sequence
 * extension).
 */
import { formatResource } from '../../kubernetes/object-reference.ts';
import type { JournalEntry } from '../../audit/journal.ts';

/** The type of an event about a decision. */
export const DECISION_TYPE = 'dev.holdfast.decision.v1';
/** The type of the note in place of entries that retention removed before delivery. */
export const GAP_TYPE = 'dev.holdfast.delivery-gap.v1';
/** The schema version of the record. */
export const DATA_SCHEMA = 'urn:holdfast:schema:audit-record:1';

const GAP_CODE = 'delivery_gap';
const SEQUENCE_DIGITS = 16;

/** The event as JSON: its attributes follow from the entry alone, and its data is the record as it is stored. */
export function formatCloudEvent({ sequence, hash, record, recordJson }: JournalEntry): string {
  const attributes = JSON.stringify({
    specversion: '1.0',
    // The same entry always gives the same event id, for deduplication.
    id: hash,
    source: `urn:holdfast:${encodeURIComponent(record.cluster)}:${encodeURIComponent(record.replica)}`,
    type: record.code === GAP_CODE ? GAP_TYPE : DECISION_TYPE,
    subject: formatSubject(record.object),
    time: record.time,
    datacontenttype: 'application/json',
    dataschema: DATA_SCHEMA,
    // The number in its replica's chain, padded so that it sorts correctly as text.
    sequence: String(sequence).padStart(SEQUENCE_DIGITS, '0'),
  });
  return `${attributes.slice(0, -1)},"data":${recordJson}}`;
}

/** `deployments.apps/shop/checkout`, `namespaces/shop`, `pods/shop/web-0/exec`. */
function formatSubject(object: JournalEntry['record']['object']): string {
  return [formatResource(object), object.namespace, object.name, object.subresource]
    .filter((part) => part !== '')
    .join('/');
}
