/**
 * Formats a batch as OpenTelemetry log records. Source: OTLP 1.x, "OTLP/HTTP" with the JSON encoding of protobuf; Logs
 * Data Model.
 *
 * No library: it is one stateless object, and the OpenTelemetry exporters have queues, retries and time-outs of their
 * own, which would drop records.
 */
import type { WallMs } from '../../base/clock.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import { classifyDecision, shownVerdict } from '../../audit/classify-decision.ts';
import type { DecisionKind } from '../../audit/classify-decision.ts';

/** Source: Logs Data Model, SeverityNumber. */
const SEVERITIES: Readonly<Record<DecisionKind, readonly [number, string]>> = {
  denied: [13, 'WARN'],
  granted: [13, 'WARN'],
  unjudged: [17, 'ERROR'],
  warned: [10, 'INFO2'],
  audited: [10, 'INFO2'],
  allowed: [9, 'INFO'],
};

const NANOSECONDS_IN_MS = 1_000_000n;

/** The body of `POST /v1/logs`: one resource for each cluster and replica. */
export function formatOtlp(entries: readonly JournalEntry[], nowMs: WallMs): string {
  const resources = Map.groupBy(entries, ({ record }) =>
    JSON.stringify([record.cluster, record.replica]),
  );
  return JSON.stringify({
    resourceLogs: [...resources.values()].map((group) => ({
      resource: { attributes: resourceAttributes(group) },
      scopeLogs: [
        { scope: { name: 'holdfast' }, logRecords: group.map((entry) => logRecord(entry, nowMs)) },
      ],
    })),
  });
}

type Attribute = readonly [name: string, value: string | number | boolean | undefined];

function resourceAttributes(group: readonly JournalEntry[]): readonly object[] {
  const record = group[0]?.record;
  return attributes([
    ['service.name', 'holdfast'],
    ['service.instance.id', record?.replica],
    ['k8s.cluster.name', record?.cluster],
  ]);
}

function logRecord(entry: JournalEntry, nowMs: WallMs): object {
  const { record, sequence, hash } = entry;
  const decision = classifyDecision(record);
  const { code, message } = shownVerdict(record);
  const [severityNumber, severityText] = SEVERITIES[decision];
  return {
    timeUnixNano: nanoseconds(Date.parse(record.time)),
    observedTimeUnixNano: nanoseconds(nowMs),
    severityNumber,
    severityText,
    // Leads from the log record to the trace.
    ...record.trace,
    eventName: 'holdfast.decision',
    body: { stringValue: message },
    attributes: attributes([
      ['holdfast.decision', decision],
      ['holdfast.decision.id', record.decisionId],
      ['holdfast.code', code],
      ['holdfast.count', record.folded?.count],
      ['holdfast.sequence', sequence],
      ['holdfast.hash', hash],
      ['holdfast.operation', record.operation],
      ['holdfast.dry_run', record.dryRun],
      ['enduser.id', record.user.username],
      ['k8s.namespace.name', record.object.namespace],
      ['k8s.object.group', record.object.group],
      ['k8s.object.resource', record.object.resource],
      ['k8s.object.name', record.object.name],
      ['holdfast.record', entry.recordJson],
    ]),
  };
}

/** 64 bit integers are strings in the JSON encoding of protobuf. */
function nanoseconds(ms: number): string {
  return String(BigInt(Math.floor(ms)) * NANOSECONDS_IN_MS);
}

function attributes(list: readonly Attribute[]): readonly object[] {
  return list.flatMap<object>(([key, value]) => {
    if (value === undefined || value === '') return [];
    if (typeof value === 'boolean') return [{ key, value: { boolValue: value } }];
    if (typeof value === 'number') return [{ key, value: { intValue: String(value) } }];
    return [{ key, value: { stringValue: value } }];
  });
}
