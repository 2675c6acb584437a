/** Records with everything that the page of a decision shows. */
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import { parseRecord } from '../../src/audit/journal/parse-record.ts';
import { auditRecordSchema } from '../../src/audit/record-schema.ts';
import type { FoundRecord } from '../../src/dashboard/records/record-reader.ts';
import { sampleRecord } from './journal/sample-record.ts';

const COMMIT = '3f786850e387550fdab836ed7e6dc881de23001b';

const CHANGE: NonNullable<AuditRecord['change']> = {
  semantic: true,
  paths: [
    {
      path: 'spec.replicas',
      segments: ['spec', 'replicas'],
      kind: 'changed',
      from: '2',
      to: '5',
      owner: 'argocd-controller',
      gitOwned: true,
    },
    { path: 'data.b', segments: ['data', 'b'], kind: 'removed', from: 'y', gitOwned: true },
    { path: 'data.c', segments: ['data', 'c'], kind: 'added', to: 'x', owner: 'kubectl' },
  ],
  protectedKeys: [],
  truncated: true,
};

/** A refused change of an object whose commit and image were verified, under a grant that did not cover it. */
export function fullRecord(changes: Partial<AuditRecord> = {}): AuditRecord {
  return sampleRecord(3, {
    actor: {
      class: 'gitops',
      proof: {
        grade: 'pod-bound',
        required: 'pod-bound',
        sufficient: true,
        reason: 'a token of the pod argocd-0',
        weakness: 'whoever may exec into the pod',
      },
      credential: { status: 'known', kind: 'token', believed: true },
    },
    managedBy: { tool: 'argocd', app: 'checkout' },
    initiatedBy: { username: 'anna', automated: false },
    change: CHANGE,
    source: {
      repository: 'https://git.example.com/shop',
      revision: COMMIT,
      path: 'deploy',
      inlineManifests: false,
      commits: [
        {
          status: 'verified',
          repository: 'https://git.example.com/shop',
          objectId: COMMIT,
          author: 'Anna <anna@example.com>',
          signers: [{ scheme: 'ssh', identity: 'anna@example.com' }],
        },
      ],
      manifest: { status: 'equal', paths: [] },
    },
    images: [
      {
        path: 'spec.containers[0].image',
        image: 'registry.example.com/shop:1',
        status: 'verified',
        rule: 'shop',
        digest: `sha256:${'d'.repeat(64)}`,
        signers: [{ authority: 'ci', identity: 'build@example.com' }],
      },
    ],
    timings: { gatherMs: 1, evaluateMs: 0.4 },
    grant: {
      id: 'G1',
      subject: 'alice',
      reason: 'checkout is down',
      ticket: 'OPS-1',
      expires: '2026-11-20T09:00:00Z',
      approvers: ['bob', 'carol'],
      use: 1,
      usesLeft: 9,
    },
    ...changes,
  });
}

/** As the reader finds it. */
export function foundRecord(record: AuditRecord, sequence = 3): FoundRecord {
  const stored = parseRecord(JSON.stringify(record));
  if (stored === undefined) throw new Error('This is no record');
  const full = auditRecordSchema.safeParse(record);
  return { sequence, hash: 'e'.repeat(64), stored, full: full.data };
}
