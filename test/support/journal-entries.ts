/** Journal entries with whole records, for tests of what reads them. */
import { createHash } from 'node:crypto';
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import { makeEntry } from '../../src/audit/entry-json.ts';
import type { JournalEntry } from '../../src/audit/journal.ts';

const FIRST_MS = Date.UTC(2026, 0, 5, 8);
const MS_PER_ENTRY = 1000;

/** A denial of alice's change; each sequence number has its own time, id and object. */
export function sampleRecord(sequence: number, overrides: Partial<AuditRecord> = {}): AuditRecord {
  return {
    schemaVersion: 1,
    decisionId: `01JD3V9K2M8Q4W6X0Y2Z${String(sequence).padStart(6, '0')}`,
    time: new Date(FIRST_MS + sequence * MS_PER_ENTRY).toISOString(),
    cluster: 'prod-eu-1',
    replica: 'holdfast-0',
    route: 'validate',
    requestUid: `uid-${sequence}`,
    operation: 'UPDATE',
    dryRun: false,
    user: {
      username: 'alice',
      uid: 'u-1',
      groups: ['developers'],
      extra: { 'example.com/team': ['shop'] },
    },
    actor: {
      class: 'other',
      proof: { grade: 'none', sufficient: true, reason: 'Not a service account' },
    },
    object: {
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      subresource: '',
      kind: 'Deployment',
      namespace: 'shop',
      name: `checkout-${sequence}`,
    },
    change: {
      semantic: true,
      paths: [
        {
          path: 'spec.replicas',
          segments: ['spec', 'replicas'],
          kind: 'changed',
          from: '2',
          to: '5',
        },
      ],
      protectedKeys: [],
      truncated: false,
    },
    allowed: false,
    code: 'managed_object_changed',
    message: 'deployments.apps shop/checkout changes only through Git\nspec.replicas: 2 → 5',
    policies: [
      {
        policy: 'gitops_only_writes',
        mode: 'enforce',
        status: 'denied',
        codes: ['managed_object_changed'],
      },
      { policy: 'protected_keys', mode: 'enforce', status: 'passed', codes: [] },
    ],
    policyRevision: 'a'.repeat(64),
    configurationHash: 'b'.repeat(64),
    durationMs: 1.5,
    ...overrides,
  };
}

/** An entry whose hash follows from its number. */
export function sampleEntry(sequence: number, overrides: Partial<AuditRecord> = {}): JournalEntry {
  const hash = createHash('sha256').update(`entry ${sequence}`).digest('hex');
  return makeEntry(sequence, hash, sampleRecord(sequence, overrides));
}

/** Entries from one number to another, both included. */
export function sampleEntries(first: number, last: number): readonly JournalEntry[] {
  return Array.from({ length: last - first + 1 }, (_, index) => sampleEntry(first + index));
}

/** What a record says of a denial that only the mode of its policy prevented. */
export const UNENFORCED = {
  allowed: true,
  code: 'allowed',
  message: '',
  wouldDeny: { code: 'managed_object_changed', message: 'Change it in Git' },
  policies: [
    {
      policy: 'p',
      mode: 'audit',
      status: 'audited',
      codes: ['managed_object_changed'],
      wouldDeny: true,
    },
  ],
} as const;
