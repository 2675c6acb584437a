/**
 * Entries of a journal as text. All values come from the sender of the request and must not contain terminal
 * control sequences.
 */
import { formatResource } from '../../kubernetes/object-reference.ts';
import { classifyDecision, shownVerdict } from '../../audit/classify-decision.ts';
import type { ChainedEntry } from '../../audit/journal/stored-entry.ts';
import {
  objectingPolicies,
  parseRecord,
  type StoredRecord,
} from '../../audit/journal/parse-record.ts';
import { printable } from '../../base/printable.ts';
import { formatTable } from '../format-table.ts';

const WIDE_HEAD = ['CLUSTER', 'REPLICA', 'MANAGED BY', 'FIELDS'];
const HEAD = ['TIME', 'DECISION', 'CODE', 'USER', 'OPERATION', 'OBJECT', 'POLICIES', 'ID'];

/** A table with a head. */
export function formatEntryTable(entries: readonly ChainedEntry[]): string {
  return formatTable([HEAD, ...entries.map(cellsOf)]).join('\n');
}

/** The same with where it happened, who manages the object, and which of its fields changed. */
export function formatEntryTableWide(entries: readonly ChainedEntry[]): string {
  return formatTable([
    [...HEAD, ...WIDE_HEAD],
    ...entries.map((entry) => [...cellsOf(entry), ...wideCellsOf(entry)]),
  ]).join('\n');
}

/** One line for a person. */
export function formatEntryLine(entry: ChainedEntry): string {
  return cellsOf(entry).join('  ');
}

function cellsOf({ sequence, recordJson }: ChainedEntry): readonly string[] {
  const record = parseRecord(recordJson);
  if (record === undefined) {
    return ['-', 'unreadable', '-', '-', '-', '-', '-', `entry ${sequence}`];
  }
  const { time, user, operation, dryRun, decisionId, folded } = record;
  return [
    time,
    `${classifyDecision(record)}${folded === undefined ? '' : ` ×${folded.count}`}`,
    shownVerdict(record).code,
    user.username,
    `${operation}${dryRun ? ' (dry run)' : ''}`,
    describeObject(record.object),
    objectingPolicies(record).join(',') || '-',
    decisionId,
  ].map(printable);
}

function wideCellsOf({ recordJson }: ChainedEntry): readonly string[] {
  const record = parseRecord(recordJson);
  if (record === undefined) return WIDE_HEAD.map(() => '-');
  const { cluster, replica, managedBy, change } = record;
  const fields = change === undefined ? [] : change.paths.map(({ path }) => path);
  return [
    cluster,
    replica,
    managedBy === undefined ? '-' : `${managedBy.tool} ${managedBy.app}`,
    [...fields, ...(change?.truncated === true ? ['...'] : [])].join(',') || '-',
  ].map(printable);
}

/** `deployments.apps/shop/checkout scale`: as accepted by `--object`. */
function describeObject(object: StoredRecord['object']): string {
  const { namespace, name, subresource } = object;
  return `${formatResource(object)}/${namespace}/${name}${subresource === '' ? '' : ` ${subresource}`}`;
}
