/** The record of a finding about an object that was changed past admission. */
import {
  DRIFT_FOUND_CODE,
  DRIFT_REVERTED_CODE,
  type AuditRecord,
  type DriftWriter,
} from '../audit/audit-record.ts';
import { UNASKED } from '../audit/unasked-record.ts';
import { formatPlace } from '../kubernetes/object-reference.ts';
import type { ChangedPath } from '../ownership/change.ts';
import type { DriftFinding } from './drift-finding.ts';

/** What a record says about the process that made it. */
export type DriftOrigin = Pick<
  AuditRecord,
  'decisionId' | 'time' | 'cluster' | 'replica' | 'policyRevision' | 'configurationHash'
>;

/** A message is a notification, too: what it does not show, the record has. */
const PATHS_SHOWN_MAX = 3;
const WRITERS_SHOWN_MAX = 3;

/** Nobody has asked, so that nothing is refused. `pathsMax`: as many changes as a record of a decision lists. */
export function formatDriftRecord(
  finding: DriftFinding,
  origin: DriftOrigin,
  pathsMax: number,
): AuditRecord {
  const { what, writers, found, object, uid, managedBy, change } = finding;
  const isReverted = what === 'reverted';
  return {
    ...UNASKED,
    ...origin,
    finding: true,
    operation: what === 'deleted' ? 'DELETE' : 'UPDATE',
    object: {
      group: object.group,
      version: object.version,
      resource: object.resource,
      subresource: '',
      kind: object.kind,
      namespace: object.namespace ?? '',
      name: object.name,
      ...(uid !== '' && { uid }),
    },
    managedBy,
    ...(!isReverted && {
      change: {
        ...change,
        paths: change.paths.slice(0, pathsMax),
        truncated: change.truncated || change.paths.length > pathsMax,
      },
    }),
    drifted: { what, writers, ...(found !== undefined && { found }) },
    code: isReverted ? DRIFT_REVERTED_CODE : DRIFT_FOUND_CODE,
    message: formatMessage(finding),
  };
}

function formatMessage(finding: DriftFinding): string {
  const subject = formatSubject(finding);
  switch (finding.what) {
    case 'reverted':
      return `${subject} is what its writer wrote again.`;
    case 'deleted':
      return `${subject} was deleted, and no decision of Holdfast allowed it.\n${REMEDY}`;
    case 'changed': {
      const changed = formatPaths(finding.change.paths);
      return `${subject} was changed, and no decision of Holdfast allowed it: ${changed}.\n${formatWriters(finding.writers)}\n${REMEDY}`;
    }
  }
}

const REMEDY =
  'Sync the application to revert it, and find out in the audit log of the API server who did it and why Holdfast was not asked.';

function formatSubject({ object, managedBy }: DriftFinding): string {
  const place = formatPlace({ namespace: object.namespace ?? '', name: object.name });
  return `The ${object.kind} ${place} of "${managedBy.app}" (${managedBy.tool})`;
}

function formatPaths(paths: readonly ChangedPath[]): string {
  const shown = paths.slice(0, PATHS_SHOWN_MAX).map(formatPath);
  const rest = paths.length - shown.length;
  return rest === 0 ? shown.join('; ') : `${shown.join('; ')}; and ${rest} more`;
}

function formatPath({ path, kind, from, to }: ChangedPath): string {
  switch (kind) {
    case 'changed':
      return `${path}: ${from ?? ''} → ${to ?? ''}`;
    case 'added':
      return `${path}: added ${to ?? ''}`;
    case 'removed':
      return `${path}: removed`;
  }
}

function formatWriters(writers: readonly DriftWriter[]): string {
  if (writers.length === 0) return 'It names no field manager that wrote since.';
  const shown = writers
    .slice(0, WRITERS_SHOWN_MAX)
    .map(
      ({ manager, operation, time = 'at an unknown time' }) => `${manager} (${operation}, ${time})`,
    );
  return `Written since by the field manager ${shown.join(', ')}.`;
}
