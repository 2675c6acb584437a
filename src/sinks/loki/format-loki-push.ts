/** A batch as Loki's push API takes it. Source: Grafana Loki, HTTP API, "Ingest logs". */
import { formatEntryJson } from '../../audit/entry-json.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import { classifyDecision } from '../classify-decision.ts';

interface LokiStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: (readonly [nanoseconds: string, line: string])[];
}

const NANOSECONDS_IN_MS = 1_000_000n;

/**
 * One stream for each kind of decision. Labels are few by construction: a user or an object among them would make a
 * stream of its own for each of their names. The replica is one, because Loki refuses what is far behind the newest
 * line of its stream, and a replica that was cut off for hours still has its own lines in order.
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
