/** Records for journals under test: plausible, and each a little different. */
import type { AuditRecord } from '../../../src/audit/audit-record.ts';

/** The moment of the first sample. */
export const SAMPLE_START_MS = Date.parse('2026-11-20T08:00:00.000Z');

const NAMESPACES = ['shop', 'billing', 'platform'];

/** The n-th record, from 1: a second after the one before, every third a denial. */
export function sampleRecord(number: number, changes: Partial<AuditRecord> = {}): AuditRecord {
  const denied = number % 3 === 0;
  return {
    schemaVersion: 1,
    decisionId: `01JD${String(number).padStart(22, '0')}`,
    time: new Date(SAMPLE_START_MS + number * 1000).toISOString(),
    cluster: 'prod-eu-1',
    replica: 'holdfast-0',
    route: 'validate',
    requestUid: `uid-${number}`,
    operation: 'UPDATE',
    dryRun: false,
    user: { username: `user-${number % 7}`, groups: ['system:authenticated'], extra: {} },
    object: {
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      subresource: '',
      kind: 'Deployment',
      namespace: NAMESPACES[number % NAMESPACES.length] ?? '',
      name: `app-${number % 10}`,
    },
    allowed: !denied,
    code: denied ? 'managed_object_changed' : 'allowed',
    message: denied ? 'Managed\nChange it in Git' : '',
    policies: [
      {
        policy: 'gitops_only_writes',
        mode: 'enforce',
        status: denied ? 'denied' : 'passed',
        codes: denied ? ['managed_object_changed'] : [],
      },
    ],
    policyRevision: 'a'.repeat(64),
    configurationHash: 'b'.repeat(64),
    durationMs: 1.5,
    ...changes,
  };
}
