/** Findings about drift as text. Names and values come from whoever wrote the object. */
import { printable } from '../../base/printable.ts';
import type { FoundDrift as Found } from '../../drift/collect-drift.ts';
import { formatPlace, formatResource } from '../../kubernetes/object-reference.ts';
import { formatTable } from '../format-table.ts';

const HEAD = [
  'TIME',
  'WHAT',
  'OBJECT',
  'APPLICATION',
  'FIELDS',
  'FIELD MANAGERS',
  'REVERTED',
  'ID',
];

type FoundDrift = Omit<Found, 'entry'>;

/** One line a finding. */
export function formatDriftTable(found: readonly FoundDrift[]): string {
  if (found.length === 0) return 'No drift';
  return formatTable([HEAD, ...found.map(cellsOf)]).join('\n');
}

function cellsOf(found: FoundDrift): readonly string[] {
  const { record, revertedAt } = found;
  const fields = pathsOf(found).map(({ path }) => path);
  return [
    record.time,
    whatOf(found),
    describeObject(found),
    describeApplication(found),
    fields.join(',') || '-',
    listManagers(found).join(',') || '-',
    revertedAt === undefined ? '-' : revertedAt || 'yes',
    record.decisionId,
  ].map(printable);
}

/** All of one finding. */
export function formatDriftFinding(found: FoundDrift): string {
  const { record, revertedAt } = found;
  const writers = (record.drifted?.writers ?? []).map(
    ({ manager, operation, subresource, time }) =>
      `  ${manager}  ${operation}${subresource === undefined ? '' : ` of ${subresource}`}  ${time ?? '-'}`,
  );
  const changes = pathsOf(found).map(
    ({ path, kind, from, to }) => `  ${kind}  ${path}  ${from ?? '-'} → ${to ?? '-'}`,
  );
  return [
    `${describeObject(found)} of ${describeApplication(found)}: ${whatOf(found)}`,
    `found ${record.time} by ${record.replica} in ${record.cluster}, decision ${record.decisionId}`,
    revertedAt === undefined ? 'not reverted' : `reverted ${revertedAt || 'by a later state'}`,
    'changes:',
    ...(changes.length === 0 ? ['  the whole object'] : changes),
    ...(record.change?.truncated === true ? ['  and more'] : []),
    'field managers that wrote since, the newest first:',
    ...(writers.length === 0 ? ['  none is named'] : writers),
  ]
    .map(printable)
    .join('\n');
}

/** The whole object has no path. */
function pathsOf({ record }: FoundDrift) {
  return (record.change?.paths ?? []).filter(({ path }) => path !== '');
}

function whatOf({ record }: FoundDrift): string {
  return record.drifted?.what ?? '-';
}

function listManagers({ record }: FoundDrift): readonly string[] {
  return [...new Set((record.drifted?.writers ?? []).map(({ manager }) => manager))];
}

function describeObject({ record: { object } }: FoundDrift): string {
  return `${formatResource(object)}/${formatPlace(object)}`;
}

function describeApplication({ record: { managedBy } }: FoundDrift): string {
  return managedBy === undefined ? '-' : `${managedBy.app} (${managedBy.tool})`;
}
