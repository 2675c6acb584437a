/** Formats a record as a syslog message. Source: RFC 5424; framing: RFC 5425 section 4.3. */
import { formatPlace, formatResource } from '../../kubernetes/object-reference.ts';
import { cutToBytes } from '../../base/cut-to-bytes.ts';
import type { AuditRecord } from '../../audit/audit-record.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import { classifyDecision, shownVerdict } from '../../audit/classify-decision.ts';
import type { DecisionKind } from '../../audit/classify-decision.ts';

export interface SyslogFormat {
  /** RFC 5424 table 1: 13 is "log audit". */
  readonly facility: number;
  /** The SD-ID of the structured data: `holdfast@32473`. */
  readonly structuredDataId: string;
  /** Bytes of one message, without its frame. */
  readonly bytesMax: number;
}

/** RFC 5424 table 2. */
const SEVERITIES: Readonly<Record<DecisionKind, number>> = {
  unjudged: 3,
  denied: 4,
  granted: 4,
  warned: 5,
  audited: 5,
  allowed: 6,
};

const SEVERITIES_COUNT = 8;
/** Parameters precede the record: a long one must not use up a message of 2 KiB. */
const VALUE_BYTES_MAX = 160;
// "If a syslog application encodes MSG in UTF-8, the string MUST be prefixed with the Unicode byte order mark"
const BYTE_ORDER_MARK = '\ufeff';

/**
 * The frames of a batch, one after the other: each message is prefixed with its length, so that it may
 * contain newlines.
 */
export function formatSyslogFrames(entries: readonly JournalEntry[], format: SyslogFormat): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const message = Buffer.from(formatSyslog(entry, format));
      return [Buffer.from(`${message.length} `), message];
    }),
  );
}

/**
 * One message. If the record is too large, the message is truncated and says so: first without the user's groups
 * and extra fields, then only with the message of the decision.
 */
export function formatSyslog(entry: JournalEntry, format: SyslogFormat): string {
  const whole = `${head(entry, format, false)} ${BYTE_ORDER_MARK}${entry.recordJson}`;
  if (Buffer.byteLength(whole) <= format.bytesMax) return whole;
  const start = `${head(entry, format, true)} ${BYTE_ORDER_MARK}`;
  const room = format.bytesMax - Buffer.byteLength(start);
  const reduced = JSON.stringify(reduce(entry.record));
  if (Buffer.byteLength(reduced) <= room) return start + reduced;
  return start + cutToBytes(shownVerdict(entry.record).message, room);
}

function reduce(record: AuditRecord): object {
  const { username, uid } = record.user;
  return { ...record, change: undefined, source: undefined, user: { username, uid } };
}

function head(
  { record, sequence, hash }: JournalEntry,
  { facility, structuredDataId }: SyslogFormat,
  truncated: boolean,
): string {
  const decision = classifyDecision(record);
  const priority = facility * SEVERITIES_COUNT + SEVERITIES[decision];
  const { object } = record;
  const data = Object.entries({
    sequence: String(sequence),
    hash,
    decision,
    id: record.decisionId,
    cluster: record.cluster,
    code: shownVerdict(record).code,
    operation: record.operation,
    resource: formatResource(object),
    object: formatPlace(object),
    user: record.user.username,
    ...(truncated && { truncated: 'true' }),
  }).map(([name, value]) => ` ${name}="${escape(value)}"`);
  const host = record.replica.replaceAll(/[^!-~]/gu, '_').slice(0, 255) || '-';
  return `<${priority}>1 ${record.time} ${host} holdfast - ${decision} [${structuredDataId}${data.join('')}]`;
}

// Escapes a value, so that a user-chosen name cannot end the value, the element or the message (RFC 5424
// section 6.3.3).
function escape(value: string): string {
  return cutToBytes(value.replaceAll(/\p{Cc}/gu, ' '), VALUE_BYTES_MAX).replaceAll(
    /["\\\]]/gu,
    '\\$&',
  );
}
