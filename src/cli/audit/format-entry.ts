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

const HEAD = ['TIME', 'DECISION', 'CODE', 'USER', 'OPERATION', 'OBJECT', 'POLICIES', 'ID'];

/** A table with a head, columns as wide as their widest cell. */
export function formatEntryTable(entries: readonly ChainedEntry[]): string {
  const rows = [HEAD, ...entries.map(cellsOf)];
  const widths = new Map<number, number>();
  for (const row of rows) {
    for (const [column, { length }] of row.entries()) {
      widths.set(column, Math.max(length, widths.get(column) ?? 0));
    }
  }
  return rows
    .map((row) => [...widths].map(([column, width]) => `${row[column]}`.padEnd(width)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
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

/** `deployments.apps/shop/checkout scale`: as accepted by `--object`. */
function describeObject(object: StoredRecord['object']): string {
  const { namespace, name, subresource } = object;
  return `${formatResource(object)}/${namespace}/${name}${subresource === '' ? '' : ` ${subresource}`}`;
}
