import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OBSERVED_CODES } from '../../../../src/audit/audit-record.ts';
import { auditRecordSchema } from '../../../../src/audit/record-schema.ts';
import { formatObservedRecord } from '../../../../src/drift/intake/format-observed-record.ts';
import type { ObservedFinding } from '../../../../src/drift/intake/observed-finding.ts';
import { sampleObservedFinding } from '../../../support/observed-samples.ts';

const ORIGIN = {
  decisionId: '01JD3V9K2MZX5Q7R8T0W1Y2A3B',
  time: '2026-01-05T08:00:01.000Z',
  cluster: 'prod',
  replica: 'holdfast-0',
  policyRevision: 'p',
  configurationHash: 'h',
};

function format(more: Partial<ObservedFinding> = {}) {
  return formatObservedRecord(sampleObservedFinding(more), ORIGIN);
}

function told(more: Partial<ObservedFinding>): string {
  return format(more).message.split('\n')[0] ?? '';
}

describe('formatObservedRecord()', () => {
  it('says who has done it, and what has seen it', () => {
    assert.deepEqual(format(), {
      ...ORIGIN,
      schemaVersion: 1,
      route: 'validate',
      requestUid: '',
      dryRun: false,
      finding: true,
      operation: 'UPDATE',
      user: { username: 'alice', groups: ['dev'], extra: {} },
      object: {
        group: '',
        version: 'v1',
        resource: 'configmaps',
        subresource: '',
        kind: 'ConfigMap',
        namespace: 'shop',
        name: 'checkout',
        uid: 'o1',
      },
      managedBy: { tool: 'argocd', app: 'checkout' },
      observed: {
        source: 'kubernetes-audit',
        id: 'e1',
        time: '2026-01-05T08:00:00.000Z',
        verb: 'patch',
        addresses: ['203.0.113.9', '192.0.2.7'],
        userAgent: 'kubectl/v1.36.0',
        httpStatus: 200,
      },
      allowed: true,
      policies: [],
      durationMs: 0,
      code: 'write_unjudged',
      message:
        'The API server asked Holdfast nothing about the patch of configmaps shop/checkout of "checkout" (argocd), by alice from 192.0.2.7.\n' +
        'Sync the application to revert it, and find out with holdfast doctor why Holdfast was not asked.',
    });
  });

  it('is a record of the published form, with a remedy, for each code', () => {
    for (const code of OBSERVED_CODES) {
      const record = format({ code });
      assert.deepEqual(auditRecordSchema.parse(record), record);
      assert.equal(record.message.split('\n').length, 2, code);
    }
  });

  it('says that the owner is not known', () => {
    assert.equal(
      told({ managedBy: undefined }),
      'The API server asked Holdfast nothing about the patch of configmaps shop/checkout, which may be managed, by alice from 192.0.2.7.',
    );
    assert.equal('managedBy' in format({ managedBy: undefined }), false);
  });

  it('names who is behind another name', () => {
    const { observed } = sampleObservedFinding();
    assert.equal(
      told({ code: 'user_impersonated', observed: { ...observed, impersonated: 'bob' } }),
      'alice in the name of bob from 192.0.2.7 asked for the patch of configmaps shop/checkout.',
    );
  });

  it('names the webhooks that failed open', () => {
    const { observed } = sampleObservedFinding();
    const failedOpen = ['children.holdfast.dev'];
    assert.equal(
      told({ code: 'admission_failed_open', observed: { ...observed, failedOpen } }),
      'The API server got no answer from children.holdfast.dev, and let the patch of configmaps shop/checkout by alice from 192.0.2.7 pass.',
    );
  });

  it('says what it can of an event with little in it', () => {
    const { source, id, time } = sampleObservedFinding().observed;
    const object = {
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      subresource: 'scale',
      kind: '',
      namespace: '',
      name: '',
    };
    assert.equal(
      told({
        code: 'admission_failed_open',
        user: { username: '', groups: [] },
        object,
        observed: { source, id, time },
      }),
      'The API server got no answer from , and let the write of deployments.apps/scale by a user without a name pass.',
    );
  });

  it('cuts what a client chooses', () => {
    const long = 'x'.repeat(2000);
    const { observed } = sampleObservedFinding();
    const record = format({
      user: { username: long, groups: Array.from({ length: 50 }, () => long) },
      observed: {
        ...observed,
        impersonated: long,
        userAgent: long,
        addresses: Array.from({ length: 50 }, (_, index) => `192.0.2.${index}`),
      },
    });
    const cut = `${'x'.repeat(1024)}…`;
    assert.equal(record.user.username, cut);
    assert.equal(record.user.groups.length, 32);
    assert.equal(record.user.groups[0], cut);
    assert.equal(record.observed?.impersonated, cut);
    assert.equal(record.observed?.userAgent, cut);
    assert.equal(record.observed?.addresses?.length, 16);
    assert.equal(record.observed?.addresses?.at(-1), '192.0.2.49', 'the peer is the last');
    assert.ok(record.message.length < 5000);
  });
});
