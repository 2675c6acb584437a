import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditRecordSchema } from '../../../src/audit/record-schema.ts';
import { UNMANAGED } from '../../../src/drift/drift-finding.ts';
import { formatDriftRecord } from '../../../src/drift/format-drift-record.ts';
import { wholeObject } from '../../../src/drift/object-event.ts';
import { sampleFinding } from '../../support/drift-samples.ts';

const ORIGIN = {
  decisionId: 'D1',
  time: '2026-01-05T08:00:00.000Z',
  cluster: 'prod',
  replica: 'holdfast-0',
  policyRevision: 'p',
  configurationHash: 'h',
};

describe('formatDriftRecord', () => {
  it('says what was changed, who wrote since, and what to do', () => {
    const record = formatDriftRecord(sampleFinding(), ORIGIN, 64);
    assert.deepEqual(auditRecordSchema.parse(record), record);
    assert.deepEqual(
      [
        record.code,
        record.operation,
        record.finding,
        record.allowed,
        record.managedBy,
        record.drifted,
      ],
      [
        'drift_found',
        'UPDATE',
        true,
        true,
        { tool: 'argocd', app: 'checkout' },
        {
          what: 'changed',
          writers: [{ manager: 'kubectl-edit', operation: 'Update', time: '2026-01-05T09:00:00Z' }],
        },
      ],
    );
    assert.equal(
      record.message,
      [
        'The ConfigMap shop/checkout of "checkout" (argocd) was changed, and no decision of Holdfast allowed it: data.greeting: hello → hacked.',
        'Written since by the field manager kubectl-edit (Update, 2026-01-05T09:00:00Z).',
        'Sync the application to revert it, and find out in the audit log of the API server who did it and why Holdfast was not asked.',
      ].join('\n'),
    );
  });

  it('shows the first changes, and lists as many as a record of a decision', () => {
    const kinds = ['added', 'removed', 'changed', 'added', 'added'] as const;
    const paths = kinds.map((kind, index) => ({
      path: `data.k${index}`,
      segments: ['data', `k${index}`],
      kind,
      ...(kind === 'added' && index === 0 && { to: '1' }),
    }));
    const change = { semantic: true, paths, protectedKeys: [], truncated: false };
    const writers = [
      { manager: 'a', operation: 'Update' },
      { manager: 'b', operation: 'Update', time: 'T' },
      { manager: 'c', operation: 'Update', time: 'T' },
      { manager: 'd', operation: 'Update', time: 'T' },
    ];
    const record = formatDriftRecord(sampleFinding({ change, writers }), ORIGIN, 4);
    const [first = '', second] = record.message.split('\n');
    assert.match(first, /: data\.k0: added 1; data\.k1: removed; data\.k2: {2}→ ; and 2 more\.$/u);
    assert.equal(
      second,
      'Written since by the field manager a (Update, at an unknown time), b (Update, T), c (Update, T).',
    );
    assert.deepEqual([record.change?.paths.length, record.change?.truncated], [4, true]);
    const bare = [{ path: 'data.k', segments: ['data', 'k'], kind: 'added' as const }];
    const none = sampleFinding({
      change: { ...change, paths: bare, truncated: true },
      writers: [],
    });
    const unnamed = formatDriftRecord(none, ORIGIN, 4);
    assert.match(unnamed.message, /It names no field manager that wrote since\./u);
    assert.equal(unnamed.change?.truncated, true);
  });

  it('names the finding that a reversal ends, without its changes', () => {
    const finding = sampleFinding({ what: 'reverted', found: 'D0' });
    const record = formatDriftRecord(finding, ORIGIN, 64);
    assert.deepEqual(
      [record.code, record.change, record.drifted?.found, record.message],
      [
        'drift_reverted',
        undefined,
        'D0',
        'The ConfigMap shop/checkout of "checkout" (argocd) is what its writer wrote again.',
      ],
    );
  });

  it('tells a deletion, also of an object without a namespace and uid', () => {
    const object = {
      group: '',
      version: 'v1',
      resource: 'namespaces',
      kind: 'Namespace',
      name: 'shop',
    };
    const record = formatDriftRecord(
      sampleFinding({ what: 'deleted', object, uid: '' }),
      ORIGIN,
      64,
    );
    assert.deepEqual([record.operation, record.object.uid], ['DELETE', undefined]);
    assert.match(record.message, /^The Namespace shop of "checkout" \(argocd\) was deleted, and /u);
  });
});

describe('formatDriftRecord about what steers admission', () => {
  const object = {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    resource: 'mutatingwebhookconfigurations',
    kind: 'MutatingWebhookConfiguration',
    name: 'evil',
  };
  const nobody = { object, managedBy: UNMANAGED } as const;

  it('tells an addition, by a code of its own where it may change what Git declares', () => {
    const effect = { what: 'mutates', reaches: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] } as const;
    const finding = sampleFinding({
      ...nobody,
      what: 'added',
      change: wholeObject('added', '10'),
      effect,
    });
    const record = formatDriftRecord(finding, ORIGIN, 64);
    assert.deepEqual(auditRecordSchema.parse(JSON.parse(JSON.stringify(record))).drifted, {
      what: 'added',
      writers: finding.writers,
    });
    assert.deepEqual(
      [record.code, record.operation, record.managedBy],
      ['mutator_added', 'CREATE', undefined],
    );
    assert.equal(
      record.message,
      [
        'The MutatingWebhookConfiguration evil, which Git does not declare, was added, and may change a, b, c, d, e and 2 more.',
        'Written since by the field manager kubectl-edit (Update, 2026-01-05T09:00:00Z).',
        'Delete it, or have Git declare it; a product that makes its own is named in drift.mutators, or its field manager in drift.controllers. No webhook is asked about such objects: the audit log of the API server has who did it.',
      ].join('\n'),
    );
    const end = formatDriftRecord({ ...finding, what: 'reverted' }, ORIGIN, 64);
    assert.deepEqual(
      [end.code, end.message],
      [
        'drift_reverted',
        'The MutatingWebhookConfiguration evil, which Git does not declare, is gone, or its GitOps controller has taken it over.',
      ],
    );
  });

  it('tells a change, by a code of its own where it can stop the cluster', () => {
    const effect = { what: 'blocks', reaches: ['every kind'] } as const;
    const record = formatDriftRecord(sampleFinding({ ...nobody, effect }), ORIGIN, 64);
    assert.equal(record.code, 'blocker_added');
    assert.match(
      record.message,
      /^The .* evil, which Git does not declare, was changed, and no decision of Holdfast allowed it, and can stop every kind: data\.greeting: hello → hacked\.\n.*\nPut it back as it was, or have Git declare it\. No webhook/u,
    );
  });

  it('has the application synced where Git declares it, and else says what to do', () => {
    const change = wholeObject('removed');
    const deleted = sampleFinding({ object, what: 'deleted', change });
    const { code, message } = formatDriftRecord(deleted, ORIGIN, 64);
    assert.equal(code, 'drift_found');
    assert.match(
      message,
      /evil of "checkout" \(argocd\) was deleted, .*\nSync the application to revert it\. No webhook/u,
    );
    const unmanaged = formatDriftRecord({ ...deleted, managedBy: UNMANAGED }, ORIGIN, 64);
    assert.match(unmanaged.message, /\nMake it again, or have Git declare it\. No webhook/u);
    const claimed = sampleFinding({ object, what: 'added', change: wholeObject('added') });
    assert.match(formatDriftRecord(claimed, ORIGIN, 64).message, /\nDelete it, or have Git/u);
  });
});
