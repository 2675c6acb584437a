/** What the scanner finds: an object is not what its writer wrote last, and no decision allowed that. */
import type { RecordedDrift } from '../audit/audit-record.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ChangeFact } from '../ownership/change.ts';
import type { ManagingTool } from '../ownership/object-fact.ts';

/** Who manages an object. */
export interface ManagedBy {
  readonly tool: ManagingTool;
  readonly app: string;
}

/** Plain data that a message can carry. */
export interface DriftFinding extends RecordedDrift {
  readonly object: ObjectReference;
  /** Of the object that is or was there. */
  readonly uid: string;
  readonly managedBy: ManagedBy;
  /** Paths with their values before and now, hidden where they are secret. */
  readonly change: ChangeFact;
}
