/** What is the same in every record that answers no request: Holdfast notes something by itself, in its own name. */
import type { AuditRecord } from './audit-record.ts';

/** Nobody has asked for anything, so nothing is refused: sinks and queries find such a record by its code. */
export const UNASKED = {
  schemaVersion: 1,
  route: 'validate',
  requestUid: '',
  dryRun: false,
  user: { username: 'holdfast', groups: [], extra: {} },
  allowed: true,
  policies: [],
  durationMs: 0,
} as const satisfies Partial<AuditRecord>;

/** What a record of entries that are gone is about: the journal of a replica, or what a sink has of it. */
export const GONE_ENTRIES = {
  group: 'holdfast.dev',
  version: 'v1',
  resource: 'journalentries',
  subresource: '',
  kind: 'JournalEntry',
  namespace: '',
} as const satisfies Partial<AuditRecord['object']>;
