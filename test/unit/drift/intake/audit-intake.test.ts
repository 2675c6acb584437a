import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AuditIntake,
  type AuditIntakeOptions,
  type OwnerReading,
} from '../../../../src/drift/intake/audit-intake.ts';
import { FindingIntake } from '../../../../src/drift/intake/finding-intake.ts';
import type { ObservedFinding } from '../../../../src/drift/intake/observed-finding.ts';
import { sampleAuditEvent } from '../../../support/audit-event-samples.ts';
import { recordTelemetry } from '../../../support/recording-telemetry.ts';
import { clockOf } from '../../../support/simulated-time.ts';

const CHECKOUT = { tool: 'argocd', app: 'checkout' } as const;

interface Owners {
  readonly sent?: OwnerReading;
  readonly stored?: OwnerReading;
}

function stage(
  { sent, stored }: Owners = {},
  classifier: Partial<AuditIntakeOptions['classifier']> = {},
) {
  const recorded: ObservedFinding[] = [];
  const reads: string[] = [];
  const intake = new FindingIntake({
    recordsPerMinuteMax: 100,
    clock: clockOf(() => 0),
    metrics: recordTelemetry().metrics,
    record: (finding) => {
      recorded.push(finding);
      return Promise.resolve('D1');
    },
  });
  const audit = new AuditIntake({
    intake,
    classifier: {
      webhooks: new Set(['drift.holdfast.dev']),
      writers: new Set(),
      expected: new Set(),
      recovery: new Set(),
      ownUsername: 'holdfast',
      isJudged: () => true,
      asksAll: true,
      ...classifier,
    },
    ownerOf: () => (sent === 'unknown' ? undefined : sent),
    readOwner: ({ resource, namespace, name }) => {
      reads.push(`${resource} ${namespace}/${name}`);
      return Promise.resolve(stored);
    },
  });
  const take = async (...events: readonly object[]) => {
    await audit.take(events.map((more) => sampleAuditEvent(more)));
    return recorded;
  };
  return { take, recorded, reads };
}

describe('AuditIntake', () => {
  it('records a write of a managed object that nobody was asked about', async () => {
    const { take, reads } = stage({ sent: CHECKOUT });
    assert.deepEqual(await take({}), [
      {
        code: 'write_unjudged',
        user: { username: 'alice', groups: ['dev', 'system:authenticated'] },
        operation: 'UPDATE',
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
        managedBy: CHECKOUT,
        observed: {
          source: 'kubernetes-audit',
          id: '9b2ba4c5-9a4e-4d6e-8a5d-0f6a2c1d3e4f',
          time: '2026-01-05T08:00:00.123Z',
          verb: 'patch',
          addresses: ['203.0.113.9', '192.0.2.7'],
          userAgent: 'kubectl/v1.36.0',
          httpStatus: 200,
        },
      },
    ]);
    assert.deepEqual(reads, [], 'the event has the object');
  });

  it('says nothing of what is not managed', async () => {
    assert.deepEqual(await stage().take({}), []);
    assert.deepEqual(await stage().take({ responseObject: null }), []);
  });

  it('reads the object where the event does not have it', async () => {
    const on = stage({ stored: CHECKOUT });
    await on.take({ responseObject: null });
    assert.deepEqual(on.reads, ['configmaps shop/checkout']);
    assert.deepEqual(on.recorded[0]?.managedBy, CHECKOUT);
    assert.equal(on.recorded[0]?.object.kind, '');
  });

  it('takes what a subresource returns for another object', async () => {
    const on = stage({ stored: CHECKOUT });
    const objectRef = {
      resource: 'deployments',
      apiGroup: 'apps',
      namespace: 'shop',
      name: 'checkout',
      subresource: 'scale',
    };
    await on.take({ objectRef });
    assert.deepEqual(on.reads, ['deployments shop/checkout']);
    assert.equal(on.recorded[0]?.object.kind, '');
    assert.equal('uid' in (on.recorded[0]?.object ?? {}), false);
  });

  it('tells a deletion, of whose object nothing is known, but not in a trial', async () => {
    const gone = { verb: 'delete', responseObject: { kind: 'Status', metadata: {} } };
    const on = stage({ stored: CHECKOUT });
    await on.take(gone);
    assert.equal(on.recorded[0]?.operation, 'DELETE');
    assert.equal('managedBy' in (on.recorded[0] ?? {}), false);
    assert.deepEqual(on.reads, []);
    assert.deepEqual(await stage({ stored: CHECKOUT }, { asksAll: false }).take(gone), []);
  });

  it('tells a collection that was deleted, and what has no name', async () => {
    for (const verb of ['deletecollection', 'create']) {
      const on = stage();
      const objectRef = { resource: 'configmaps', namespace: 'shop' };
      await on.take({ verb, objectRef, responseObject: null });
      assert.equal(on.recorded[0]?.object.name, '');
    }
  });

  it('finds the name and the uid of what was created without a name in the answer', async () => {
    const on = stage({ sent: CHECKOUT });
    await on.take({ verb: 'create', objectRef: { resource: 'configmaps', namespace: 'shop' } });
    assert.deepEqual(
      [on.recorded[0]?.operation, on.recorded[0]?.object.name, on.recorded[0]?.object.uid],
      ['CREATE', 'checkout', 'o1'],
    );
  });

  it('joins the decision, and says who is behind another name', async () => {
    const on = stage();
    await on.take({
      impersonatedUser: { username: 'bob' },
      userAgent: '',
      annotations: { 'drift.holdfast.dev/decision': 'D7' },
    });
    assert.equal(on.recorded[0]?.code, 'user_impersonated');
    const { impersonated, decision, userAgent } = on.recorded[0]?.observed ?? {};
    assert.deepEqual([impersonated, decision, userAgent], ['bob', 'D7', undefined]);
  });

  it('says which webhook failed open', async () => {
    const on = stage();
    await on.take({
      annotations: {
        'failed-open.validating.webhook.admission.k8s.io/round_0_index_0': 'drift.holdfast.dev',
      },
    });
    assert.deepEqual(on.recorded[0]?.observed.failedOpen, ['drift.holdfast.dev']);
  });

  it('takes a batch that is sent twice, and out of order, once', async () => {
    const on = stage({ sent: CHECKOUT });
    const other = {
      auditID: 'second',
      objectRef: { resource: 'configmaps', namespace: 'shop', name: 'other' },
    };
    await on.take({}, other);
    await on.take(other, {});
    assert.deepEqual(
      on.recorded.map(({ object }) => object.name),
      ['checkout', 'other'],
    );
  });
});
