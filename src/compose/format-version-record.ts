/** Formats one entry of the lineage of an application as a record, and reads it back. */
import {
  ROLLBACKS_EXCEEDED_CODE,
  VERSION_DEPLOYED_CODE,
  VERSION_VERIFIED_CODE,
  type AuditRecord,
  type RecordedVersion,
} from '../audit/audit-record.ts';
import { UNASKED } from '../audit/unasked-record.ts';
import { formatApplication, type ApplicationName } from '../source/commits/deployed-commits.ts';
import type { LineageChange } from '../source/lineage/application-lineage.ts';
import { referenceOf } from './application-name.ts';
import type { FindingOrigin } from './record-finding.ts';

const SHOWN_DIGITS = 12;

const CODES = {
  deployed: VERSION_DEPLOYED_CODE,
  verified: VERSION_VERIFIED_CODE,
  frozen: ROLLBACKS_EXCEEDED_CODE,
} as const satisfies Readonly<Record<LineageChange['what'], string>>;

/** The codes of all records of lineages. */
export const LINEAGE_CODES: readonly string[] = Object.values(CODES);

/** Nobody has asked for anything, so nothing is refused. The object is the application. */
export function formatVersionRecord(
  application: ApplicationName,
  change: LineageChange,
  origin: FindingOrigin,
): AuditRecord {
  const { group, version, resource, kind } = referenceOf(application);
  const { namespace, name } = application;
  return {
    ...UNASKED,
    ...origin,
    finding: true,
    operation: 'UPDATE',
    object: { group, version, resource, subresource: '', kind, namespace, name },
    managedBy: { tool: kind === 'Application' ? 'argocd' : 'flux', app: name },
    applicationVersion: recordedVersion(change),
    code: CODES[change.what],
    message: formatMessage(application, change),
  };
}

/** The entry that a record has; `undefined` where it has none, or one of another form. */
export function parseVersionRecord({
  applicationVersion: version,
}: Pick<AuditRecord, 'applicationVersion'>): LineageChange | undefined {
  if (version === undefined) return undefined;
  const { what, revision, previous, isRollback = false, by, verifier, issuedAt, until } = version;
  switch (what) {
    case 'deployed':
      return { what, revision, ...(previous !== undefined && { previous }), isRollback };
    case 'verified':
      if (by === undefined) return undefined;
      return {
        what,
        revision,
        by,
        ...(verifier !== undefined && { verifier }),
        ...(issuedAt !== undefined && { issuedAtMs: Date.parse(issuedAt) }),
      };
    case 'frozen':
      return until === undefined ? undefined : { what, revision, untilMs: Date.parse(until) };
  }
}

function recordedVersion(change: LineageChange): RecordedVersion {
  switch (change.what) {
    case 'deployed':
      return change;
    case 'verified': {
      const { issuedAtMs, ...verified } = change;
      return issuedAtMs === undefined
        ? verified
        : { ...verified, issuedAt: formatTime(issuedAtMs) };
    }
    case 'frozen':
      return { what: 'frozen', revision: change.revision, until: formatTime(change.untilMs) };
  }
}

function formatMessage(application: ApplicationName, change: LineageChange): string {
  const subject = formatApplication(application);
  const revision = formatRevision(change.revision);
  switch (change.what) {
    case 'deployed': {
      const before =
        change.previous === undefined ? '' : `, instead of ${formatRevision(change.previous)}`;
      const verb = change.isRollback ? 'was rolled back' : 'was brought';
      return `${subject} ${verb} to ${revision}${before}.`;
    }
    case 'verified': {
      const by =
        change.by === 'health' ? 'by its health' : `by the pipeline "${change.verifier ?? ''}"`;
      return `${revision} of ${subject} is verified ${by}.`;
    }
    case 'frozen':
      return `${subject} was rolled back too often, and keeps ${revision} until ${formatTime(change.untilMs)}.\nFind out what brings it back to the version that was rolled back, and end that in Git. A version that a pipeline verifies meanwhile is let in (holdfast lineage verify).`;
  }
}

/** Of several sources, each. */
function formatRevision(revision: string): string {
  return revision
    .split('+')
    .map((each) => each.slice(0, SHOWN_DIGITS))
    .join('+');
}

function formatTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
