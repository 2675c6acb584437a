/** What the scanner finds: an object is not what its writer wrote last, and no decision allowed that. */
import type { RecordedDrift } from '../audit/audit-record.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ChangeFact } from '../ownership/change.ts';
import type { ManagingTool } from '../ownership/object-fact.ts';
import type { AdmissionEffect } from './admission/classify-admission-effect.ts';

/** Who manages an object. */
export interface ManagedBy {
  readonly tool: ManagingTool;
  readonly app: string;
}

/** Who manages an object that is followed, if anybody does. */
export interface FollowedOwner {
  /** `none`: what steers admission is followed, even if nobody in Git declares it. */
  readonly tool: ManagingTool | 'none';
  readonly app: string;
}

/** Nobody in Git declares it. */
export const UNMANAGED: FollowedOwner = { tool: 'none', app: '' };

/** What a finding is about. */
export type FindingSubject = Pick<DriftFinding, 'what' | 'object' | 'uid' | 'managedBy'>;

/** Plain data that a message can carry. */
export interface DriftFinding extends RecordedDrift {
  readonly object: ObjectReference;
  /** Of the object that is or was there. */
  readonly uid: string;
  readonly managedBy: FollowedOwner;
  /** Paths with their values before and now, hidden where they are secret. */
  readonly change: ChangeFact;
  /** Of what steers admission: what it can do now. */
  readonly effect?: AdmissionEffect | undefined;
}
