/**
 * Plans the Kubernetes Events of a batch: one for each object, reason and user, with a count. Source:
 * events.k8s.io/v1 and its validation (lengths, the namespace, what of an Event may change).
 */
import { createHash } from 'node:crypto';
import { cutToBytes } from '../../base/cut-to-bytes.ts';
import type { AuditRecord } from '../../audit/audit-record.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import { classifyDecision, shownVerdict } from '../../audit/classify-decision.ts';

/** The content of one Event; `sequences` are ascending. */
export interface PlannedEvent {
  readonly name: string;
  readonly namespace: string;
  readonly sequences: readonly number[];
  /** RFC 3339 with microseconds, of each entry. */
  readonly times: readonly string[];
  /** The fields that never change once it is written. */
  readonly fixed: Readonly<Record<string, unknown>>;
}

/** Set on all our Events, so that an Event of another component is not mistaken for ours. */
export const EVENTS_CONTROLLER = 'holdfast.dev/webhook';

// Source: k8s.io/kubernetes pkg/apis/core/validation: note 1 KiB, reason and action 128 characters.
const NOTE_BYTES_MAX = 1024;
const WORD_CHARS_MAX = 128;

/**
 * In the order of their first entries. A record without an object in the cluster, or of a dry run, has no
 * Event.
 */
export function planEvents(entries: readonly JournalEntry[]): readonly PlannedEvent[] {
  const groups = Map.groupBy(
    entries.filter(({ record }) => isTold(record)),
    ({ record }) => nameOf(record),
  );
  return [...groups].flatMap(([name, group]) =>
    group.slice(0, 1).map(({ record }) => planEvent(name, record, group)),
  );
}

function isTold({ dryRun, object, folded }: AuditRecord): boolean {
  // Refusals of different objects; the record before them has its Event.
  if (folded?.by === 'code') return false;
  // A dry run must have no side effects. An Event about an Event would cause another one.
  if (dryRun || object.resource === 'events') return false;
  // A gap note has no object in the cluster.
  return object.group !== 'holdfast.dev' || object.resource !== 'journalentries';
}

/** The same for the same object, reason and user, so that it is found again after a restart; each replica has its own. */
function nameOf(record: AuditRecord): string {
  const { replica, object, user, allowed } = record;
  const { code } = shownVerdict(record);
  const { group, resource, subresource, namespace, name } = object;
  const key = [
    replica,
    group,
    resource,
    subresource,
    namespace,
    name,
    code,
    allowed,
    user.username,
  ];
  return `holdfast.${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)}`;
}

function planEvent(
  name: string,
  record: AuditRecord,
  group: readonly JournalEntry[],
): PlannedEvent {
  const namespace = namespaceOf(record);
  const kind = classifyDecision(record);
  const { object, user, replica } = record;
  const { code, message } = shownVerdict(record);
  return {
    name,
    // Events about cluster-scoped objects must be in this namespace.
    namespace: namespace || 'default',
    sequences: group.map(({ sequence }) => sequence),
    times: group.map(({ record: { time } }) => time.replace('Z', '000Z')),
    fixed: {
      reportingController: EVENTS_CONTROLLER,
      reportingInstance: cutToBytes(replica, WORD_CHARS_MAX) || 'unknown',
      action: capitalize(kind),
      reason:
        cutToBytes(
          code
            .split(/[^A-Za-z0-9]+/u)
            .map(capitalize)
            .join(''),
          WORD_CHARS_MAX,
        ) || 'None',
      // The mode audit tells the people at the object nothing that alarms them.
      type: kind === 'allowed' || kind === 'audited' ? 'Normal' : 'Warning',
      note: cutToBytes(`${user.username}: ${message}`, NOTE_BYTES_MAX),
      regarding: {
        apiVersion: object.group === '' ? object.version : `${object.group}/${object.version}`,
        kind: object.kind,
        name: object.name,
        ...(namespace !== '' && { namespace }),
        ...(object.uid !== undefined && { uid: object.uid }),
        ...(object.subresource !== '' && { fieldPath: object.subresource }),
      },
    },
  };
}

// A review of a Namespace names it as its own namespace.
function namespaceOf({ object }: AuditRecord): string {
  return object.group === '' && object.resource === 'namespaces' ? '' : object.namespace;
}

function capitalize(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
