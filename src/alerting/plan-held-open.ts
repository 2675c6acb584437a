/**
 * Decides which objects are held open: changed under a break-glass grant, and not written by the
 * GitOps controller since.
 */
import { formatPlace, formatResource } from '../kubernetes/object-reference.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { JournalEntry } from '../audit/journal.ts';

/** Why and since when an object is held open. */
export interface HeldOpen {
  readonly grantId: string;
  readonly decisionId: string;
  readonly username: string;
  /** RFC 3339. */
  readonly time: string;
}

export interface HeldOpenChange {
  /** `deployments.apps shop/checkout`. */
  readonly object: string;
  /** Absent: the GitOps controller has written it again. */
  readonly held?: HeldOpen | undefined;
}

/** The changes of a page of entries, the last one for each object; `isHeld` covers objects of earlier pages. */
export function planHeldOpen(
  entries: readonly JournalEntry[],
  isHeld: (object: string) => boolean,
): readonly HeldOpenChange[] {
  const changes = new Map<string, HeldOpenChange>();
  for (const { record } of entries) {
    if (!record.allowed || record.dryRun) continue;
    const object = nameOf(record);
    if (record.grant !== undefined) {
      changes.set(object, { object, held: describe(record, record.grant.id) });
    } else if (isBackInGit(record) && (changes.has(object) || isHeld(object))) {
      changes.set(object, { object });
    }
  }
  return [...changes.values()];
}

function isBackInGit({ actor, object }: AuditRecord): boolean {
  return actor?.class === 'gitops' && object.subresource === '';
}

function describe({ decisionId, user, time }: AuditRecord, grantId: string): HeldOpen {
  return { grantId, decisionId, username: user.username, time };
}

// A subresource belongs to its object: scaling under a grant changes the object.
function nameOf({ object }: AuditRecord): string {
  return `${formatResource(object)} ${formatPlace(object)}`;
}
