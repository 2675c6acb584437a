import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditRecordSchema } from '../../../../src/audit/record-schema.ts';
import { formatDriftFinding, formatDriftTable } from '../../../../src/cli/drift/format-drift.ts';
import type { FoundDrift } from '../../../../src/drift/collect-drift.ts';
import { formatDriftRecord } from '../../../../src/drift/format-drift-record.ts';
import { sampleFinding } from '../../../support/drift-samples.ts';

const ORIGIN = {
  decisionId: 'D1',
  time: '2026-01-05T08:00:00.000Z',
  cluster: 'prod',
  replica: 'holdfast-0',
  policyRevision: 'p',
  configurationHash: 'h',
};

function found(
  finding = sampleFinding(),
  overrides: object = {},
  revertedAt?: string,
): Omit<FoundDrift, 'entry'> {
  const record = formatDriftRecord(finding, ORIGIN, 64);
  return { record: auditRecordSchema.parse({ ...record, ...overrides }), revertedAt };
}

describe('findings about drift as text', () => {
  it('show changes without values, subresources, and writers without a time', () => {
    const change = {
      semantic: true,
      paths: [{ path: 'spec.replicas', segments: ['spec', 'replicas'], kind: 'added' as const }],
      protectedKeys: [],
      truncated: true,
    };
    const writers = [{ manager: 'kubectl', operation: 'Update', subresource: 'scale' }];
    const text = formatDriftFinding(found(sampleFinding({ change, writers }), {}, ''));
    assert.deepEqual(text.split('\n').slice(2), [
      'reverted by a later state',
      'changes:',
      '  added  spec.replicas  - → -',
      '  and more',
      'field managers that wrote since, the newest first:',
      '  kubectl  Update of scale  -',
    ]);
  });

  it('are readable where a record lacks what an earlier version did not write', () => {
    const bare = found(sampleFinding(), {
      drifted: undefined,
      change: undefined,
      managedBy: undefined,
    });
    assert.deepEqual(formatDriftFinding(bare).split('\n'), [
      'configmaps/shop/checkout of -: -',
      'found 2026-01-05T08:00:00.000Z by holdfast-0 in prod, decision D1',
      'not reverted',
      'changes:',
      '  the whole object',
      'field managers that wrote since, the newest first:',
      '  none is named',
    ]);
    const row = formatDriftTable([bare]).split('\n')[1];
    assert.deepEqual(row?.split(/ {2,}/u).slice(1), [
      '-',
      'configmaps/shop/checkout',
      '-',
      '-',
      '-',
      '-',
      'D1',
    ]);
  });

  it('do not let a name write to the terminal', () => {
    const writers = [{ manager: 'x\u001B[2J', operation: 'Update' }];
    const one = found(sampleFinding({ writers }), {}, '2026-01-05T09:00:00.000Z');
    assert.equal(`${formatDriftFinding(one)}${formatDriftTable([one])}`.includes('\u001B'), false);
    assert.match(formatDriftFinding(one), /^reverted 2026-01-05T09:00:00\.000Z$/mu);
    assert.equal(formatDriftTable([]), 'No drift');
  });
});
