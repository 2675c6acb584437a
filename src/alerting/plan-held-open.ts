/**
 * Which objects are held open: changed under a break-glass grant, and not written by Git since.
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
  /** Absent: Git has it again. */
  readonly held?: HeldOpen | undefined;
}

/** What a page of entries changes, the last word on each object; `isHeld` is asked about objects of earlier pages. */
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

// A subresource is a way to the object: who scaled it under a grant has changed it.
function nameOf({ object }: AuditRecord): string {
  return `${formatResource(object)} ${formatPlace(object)}`;
}
