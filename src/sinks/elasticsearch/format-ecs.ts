/** Formats a record in the Elastic Common Schema. Source: ECS 8.17 field reference. */
import type { JournalEntry } from '../../audit/journal.ts';
import { classifyDecision, shownVerdict } from '../../audit/classify-decision.ts';

const NANOSECONDS_IN_MS = 1_000_000;

/**
 * A document with a fixed set of fields. Names that users choose (groups, extra, labels) are values and never fields:
 * each new field is a new mapping, and an index with too many mappings rejects every further record.
 */
export function formatEcs(entry: JournalEntry): Readonly<Record<string, unknown>> {
  const { record } = entry;
  return {
    '@timestamp': record.time,
    ecs: { version: '8.17.0' },
    message: shownVerdict(record).message,
    event: describeEvent(entry),
    user: present({ name: record.user.username, id: record.user.uid }),
    related: { user: [record.user.username] },
    orchestrator: describeOrchestrator(entry),
    observer: { vendor: 'Holdfast', product: 'Holdfast', name: record.replica },
    ...(record.trace && {
      trace: { id: record.trace.traceId },
      span: { id: record.trace.spanId },
    }),
    rule: { name: record.policies.filter(isHeard).map(({ policy }) => policy) },
    labels: present({
      decision: classifyDecision(record),
      dry_run: String(record.dryRun),
      actor_class: record.actor?.class,
      managed_by: record.managedBy?.app,
      grant: record.grant?.id,
    }),
  };
}

function isHeard({ status }: { readonly status: string }): boolean {
  return status !== 'passed';
}

function describeEvent(entry: JournalEntry): Readonly<Record<string, unknown>> {
  const { record, sequence, hash } = entry;
  return {
    kind: 'event',
    category: ['configuration'],
    type: ['change', record.allowed ? 'allowed' : 'denied'],
    outcome: record.allowed ? 'success' : 'failure',
    action: record.operation.toLowerCase(),
    code: shownVerdict(record).code,
    dataset: 'holdfast.decision',
    provider: 'holdfast',
    id: record.decisionId,
    sequence,
    hash,
    duration: Math.round(record.durationMs * NANOSECONDS_IN_MS),
    original: entry.recordJson,
  };
}

function describeOrchestrator({ record }: JournalEntry): Readonly<Record<string, unknown>> {
  const { object, cluster } = record;
  return {
    type: 'kubernetes',
    cluster: { name: cluster },
    api_version: object.group === '' ? object.version : `${object.group}/${object.version}`,
    ...present({ namespace: object.namespace }),
    resource: present({ name: object.name, type: object.resource, id: object.uid }),
  };
}

function present(
  fields: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ''));
}
