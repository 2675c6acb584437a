/** Formats a batch for Loki's push API. Source: Grafana Loki, HTTP API, "Ingest logs". */
import { formatEntryJson } from '../../audit/entry-json.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import { classifyDecision } from '../../audit/classify-decision.ts';

interface LokiStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: (readonly [nanoseconds: string, line: string])[];
}

const NANOSECONDS_IN_MS = 1_000_000n;

/**
 * One stream for each kind of decision. Labels have low cardinality: a user or object label would create a stream
 * for each name. The replica is a label, because Loki rejects lines far behind the newest line of their stream, and
 * a replica that was disconnected for hours still sends its own lines in order.
 */
export function formatLokiPush(
  entries: readonly JournalEntry[],
  labels: Readonly<Record<string, string>>,
): string {
  const streams = new Map<string, LokiStream>();
  for (const entry of entries) {
    const { cluster, replica, time } = entry.record;
    const decision = classifyDecision(entry.record);
    const key = JSON.stringify([cluster, replica, decision]);
    const stream = streams.get(key) ?? {
      stream: { ...labels, cluster, replica, decision },
      values: [],
    };
    const nanoseconds = BigInt(Date.parse(time)) * NANOSECONDS_IN_MS;
    stream.values.push([String(nanoseconds), formatEntryJson(entry)]);
    streams.set(key, stream);
  }
  return JSON.stringify({ streams: [...streams.values()] });
}
