/** The record of a finding about an object that was changed past admission. */
import {
  BLOCKER_ADDED_CODE,
  DRIFT_FOUND_CODE,
  DRIFT_REVERTED_CODE,
  MUTATOR_ADDED_CODE,
  type AuditRecord,
  type DriftWriter,
} from '../audit/audit-record.ts';
import { UNASKED } from '../audit/unasked-record.ts';
import { formatPlace } from '../kubernetes/object-reference.ts';
import type { ChangedPath } from '../ownership/change.ts';
import { ADMISSION_GROUP } from './admission/admission-resources.ts';
import type { DriftFinding, FindingSubject } from './drift-finding.ts';

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
  const { what, writers, found, change } = finding;
  const isReverted = what === 'reverted';
  return {
    ...UNASKED,
    ...origin,
    finding: true,
    operation: OPERATIONS[what],
    ...describeSubject(finding),
    ...(!isReverted && {
      change: {
        ...change,
        paths: change.paths.slice(0, pathsMax),
        truncated: change.truncated || change.paths.length > pathsMax,
      },
    }),
    drifted: { what, writers, ...(found !== undefined && { found }) },
    code: isReverted ? DRIFT_REVERTED_CODE : codeOf(finding),
    message: formatMessage(finding),
  };
}

const OPERATIONS = {
  added: 'CREATE',
  changed: 'UPDATE',
  deleted: 'DELETE',
  reverted: 'UPDATE',
} as const satisfies Record<DriftFinding['what'], AuditRecord['operation']>;

/** Which object a record is about, and who manages it, if anybody does. */
export function describeSubject({
  object,
  uid,
  managedBy: { tool, app },
}: Omit<FindingSubject, 'what'>): Pick<AuditRecord, 'object' | 'managedBy'> {
  return {
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
    ...(tool !== 'none' && { managedBy: { tool, app } }),
  };
}

function codeOf({ effect }: DriftFinding): string {
  switch (effect?.what) {
    case 'mutates':
      return MUTATOR_ADDED_CODE;
    case 'blocks':
      return BLOCKER_ADDED_CODE;
    case undefined:
      return DRIFT_FOUND_CODE;
  }
}

function formatMessage(finding: DriftFinding): string {
  const subject = formatSubject(finding);
  const effect = formatEffect(finding);
  const remedy = formatRemedy(finding);
  switch (finding.what) {
    case 'reverted':
      return isAddition(finding)
        ? `${subject} is gone, or its GitOps controller has taken it over.`
        : `${subject} is what its writer wrote again.`;
    case 'deleted':
      return `${subject} was deleted, and no decision of Holdfast allowed it.\n${remedy}`;
    case 'added':
      return `${subject} was added${effect}.\n${formatWriters(finding.writers)}\n${remedy}`;
    case 'changed': {
      const changed = formatPaths(finding.change.paths);
      return `${subject} was changed, and no decision of Holdfast allowed it${effect}: ${changed}.\n${formatWriters(finding.writers)}\n${remedy}`;
    }
  }
}

function isAddition({ change }: DriftFinding): boolean {
  return change.paths.some(({ path, kind }) => path === '' && kind === 'added');
}

function formatSubject({ object, managedBy }: DriftFinding): string {
  const place = formatPlace({ namespace: object.namespace ?? '', name: object.name });
  const subject = `The ${object.kind} ${place}`;
  return managedBy.tool === 'none'
    ? `${subject}, which Git does not declare,`
    : `${subject} of "${managedBy.app}" (${managedBy.tool})`;
}

/** As many as a message shows. */
const REACHES_SHOWN_MAX = 5;

function formatEffect({ effect }: DriftFinding): string {
  if (effect === undefined) return '';
  const { what, reaches } = effect;
  const rest = reaches.length - REACHES_SHOWN_MAX;
  const shown = reaches.slice(0, REACHES_SHOWN_MAX).join(', ');
  const listed = rest > 0 ? `${shown} and ${rest} more` : shown;
  return what === 'mutates' ? `, and may change ${listed}` : `, and can stop ${listed}`;
}

const ADMISSION_REMEDIES = {
  added:
    'Delete it, or have Git declare it; a product that makes its own is named in drift.mutators, or its field manager in drift.controllers.',
  changed: 'Put it back as it was, or have Git declare it.',
  deleted: 'Make it again, or have Git declare it.',
  reverted: '',
} as const satisfies Record<DriftFinding['what'], string>;
const UNASKED_ABOUT =
  'No webhook is asked about such objects: the audit log of the API server has who did it.';
const REMEDY =
  'Sync the application to revert it, and find out in the audit log of the API server who did it and why Holdfast was not asked.';

function formatRemedy({ what, object, managedBy }: DriftFinding): string {
  if (object.group !== ADMISSION_GROUP) return REMEDY;
  const isManaged = managedBy.tool !== 'none' && what !== 'added';
  const remedy = isManaged ? 'Sync the application to revert it.' : ADMISSION_REMEDIES[what];
  return `${remedy} ${UNASKED_ABOUT}`;
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
