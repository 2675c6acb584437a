/**
 * Who wrote an object between two of its states, by managedFields.
 *
 * Only the time counts: a write takes fields away from other managers' entries, whose time stays (structured-merge-diff,
 * k8s.io/apimachinery managedfieldsupdater.go). A write that only removes fields leaves no entry. Names of managers are chosen by
 * clients.
 */
import type { DriftWriter } from '../audit/audit-record.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../kubernetes/object.ts';
import { listEntries } from './reduce-object.ts';

/** The newest first. */
export function listWriters(
  before: KubernetesObject,
  after: KubernetesObject,
): readonly DriftWriter[] {
  const known = new Map(listEntries(before).map((entry) => [keyOf(entry), entry.time]));
  return listEntries(after)
    .filter((entry) => known.get(keyOf(entry)) !== entry.time || !known.has(keyOf(entry)))
    .map(({ manager = '', operation = '', subresource, time }) => ({
      manager,
      operation,
      ...(subresource !== undefined && { subresource }),
      ...(time !== undefined && { time }),
    }))
    .toSorted((left, right) => compareTexts(right.time ?? '', left.time ?? ''));
}

function keyOf({ manager, operation, subresource }: ManagedFieldsEntry): string {
  return JSON.stringify([manager, operation, subresource]);
}

/** RFC 3339 in UTC: as text in the order of time. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
