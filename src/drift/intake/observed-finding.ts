/** What another program has seen, and what it means. Plain data that a message can carry. */
import type { AuditRecord, ObservedCode, RecordedObservation } from '../../audit/audit-record.ts';
import type { ManagedBy } from '../drift-finding.ts';

export interface ObservedFinding {
  readonly code: ObservedCode;
  /** Absent where nobody is named. */
  readonly user?: Pick<AuditRecord['user'], 'username' | 'groups'> | undefined;
  readonly operation: AuditRecord['operation'];
  readonly object: AuditRecord['object'];
  /** Absent where it is not managed, or not known to be. */
  readonly managedBy?: ManagedBy | undefined;
  readonly observed: RecordedObservation;
}
