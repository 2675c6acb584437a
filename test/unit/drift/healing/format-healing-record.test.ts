import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { auditRecordSchema } from '../../../../src/audit/record-schema.ts';
import {
  formatHealingRecord,
  type HealingReport,
} from '../../../../src/drift/healing/format-healing-record.ts';
import { CONFIG_MAP, sampleFinding } from '../../../support/drift-samples.ts';

const ORIGIN = {
  decisionId: 'H1',
  time: '2026-01-05T08:00:00.000Z',
  cluster: 'prod',
  replica: 'holdfast-0',
  policyRevision: 'p',
  configurationHash: 'h',
};
const { what, object, uid, managedBy } = sampleFinding();
const REPORT: HealingReport = {
  state: 'asked',
  subject: { what, object, uid, managedBy },
  found: 'D1',
  by: ['sync', 'removal'],
  attempts: 2,
};
const NAME = 'The ConfigMap shop/checkout of "checkout" (argocd)';

function messageOf(report: Partial<HealingReport>): string {
  return formatHealingRecord({ ...REPORT, ...report }, ORIGIN).message;
}

describe('formatHealingRecord', () => {
  it('is a record of what was asked for, about which finding', () => {
    const record = formatHealingRecord(REPORT, ORIGIN);
    assert.deepEqual(auditRecordSchema.parse(record), record);
    assert.deepEqual(
      [record.code, record.operation, record.finding, record.object.uid, record.drifted],
      [
        'drift_heal_asked',
        'UPDATE',
        true,
        'uid-1',
        {
          what: 'changed',
          writers: [],
          found: 'D1',
          healing: { state: 'asked', by: ['sync', 'removal'], attempts: 2 },
        },
      ],
    );
    assert.equal(
      record.message,
      `${NAME} has drifted: Argo CD is asked to sync it to the revision that it deployed last, and what was added to it is taken off (attempt 2).`,
    );
  });

  it('says what stays', () => {
    const message = messageOf({ by: ['refresh'], attempts: 1, reason: 'a key was added' });
    const ask = 'Argo CD is asked to compare it again (attempt 1).';
    assert.equal(message, `${NAME} has drifted: ${ask} Some of it stays: a key was added.`);
    assert.match(messageOf({ by: ['reconcile'] }), /Flux is asked to reconcile it/u);
  });

  it('says after how many attempts it was healed', () => {
    const record = formatHealingRecord({ ...REPORT, state: 'healed', by: [] }, ORIGIN);
    assert.equal(record.code, 'drift_healed');
    assert.equal(record.message, `${NAME} is what its writer wrote again, after 2 attempts.`);
    assert.match(messageOf({ state: 'healed', by: [], attempts: 1 }), /after one attempt\.$/u);
  });

  it('says why it was given up, and what to do', () => {
    const record = formatHealingRecord(
      { ...REPORT, state: 'failed', by: [], reason: 'why' },
      ORIGIN,
    );
    assert.equal(record.code, 'drift_heal_failed');
    assert.equal(
      record.message,
      [
        `${NAME} has drifted and is not put right: why.`,
        'Find out what changes it (`holdfast drift show` and the audit log of the API server), and sync the application yourself. Holdfast asks no more until it is reverted.',
      ].join('\n'),
    );
    assert.match(
      messageOf({ state: 'failed', by: [] }),
      /not put right: nothing can be asked for\./u,
    );
  });

  it('names a deletion, and what lies in no namespace and has no uid', () => {
    const { namespace: _, ...clusterScoped } = CONFIG_MAP;
    const subject = { ...REPORT.subject, what: 'deleted', object: clusterScoped, uid: '' } as const;
    const record = formatHealingRecord({ ...REPORT, subject }, ORIGIN);
    assert.deepEqual(
      [record.operation, record.object.namespace, record.object.uid],
      ['DELETE', '', undefined],
    );
  });
});
