import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditRecordSchema } from '../../../src/audit/record-schema.ts';
import { formatTrustLost } from '../../../src/compose/format-trust-lost.ts';
import type { FindingOrigin } from '../../../src/compose/record-finding.ts';
import { AlertStage } from '../../support/alerts/alert-stage.ts';

const ORIGIN: FindingOrigin = {
  decisionId: '01JD3V9K2M8Q4W6X0Y2Z000001',
  time: '2026-01-05T08:00:00.000Z',
  cluster: 'prod-eu-1',
  replica: 'holdfast-0',
  policyRevision: 'a'.repeat(64),
  configurationHash: 'b'.repeat(64),
};
const SHOP = { kind: 'Application', namespace: 'argocd', name: 'shop' } as const;
const COMMIT = {
  repository: 'https://git.example.com/shop',
  objectId: 'c'.repeat(40),
  lost: { status: 'rejected', code: 'key_revoked', reason: 'The key was revoked', rule: 'all' },
} as const;

test('the record names the application, the commit and why it is not trusted any more', () => {
  const record = formatTrustLost({ ...COMMIT, application: SHOP }, ORIGIN);
  assert.equal(
    record.message,
    'Application argocd/shop has deployed commit cccccccccccc of https://git.example.com/shop, which was verified and is not trusted any more (key_revoked). The key was revoked.\nFind out what the commit changed, and deploy one that is trusted; what is deployed was left as it is.',
  );
  assert.deepEqual(
    [record.object, record.managedBy, record.source?.commits],
    [
      {
        group: 'argoproj.io',
        version: 'v1alpha1',
        resource: 'applications',
        subresource: '',
        kind: 'Application',
        namespace: 'argocd',
        name: 'shop',
      },
      { tool: 'argocd', app: 'shop' },
      [
        {
          status: 'rejected',
          repository: 'https://git.example.com/shop',
          objectId: 'c'.repeat(40),
          rule: 'all',
          code: 'key_revoked',
          signers: [],
        },
      ],
    ],
  );
});

for (const kind of ['Application', 'Kustomization', 'HelmRelease'] as const) {
  test(`the record about a ${kind} has the published format`, () => {
    const record = formatTrustLost({ ...COMMIT, application: { ...SHOP, kind } }, ORIGIN);
    assert.deepEqual(auditRecordSchema.parse(JSON.parse(JSON.stringify(record))), record);
    assert.equal(record.object.kind, kind);
  });
}

test('each application whose commit is not trusted any more is one incident, and heals nothing', async () => {
  const stage = new AlertStage();
  const { journal } = await stage.start();
  for (const name of ['shop', 'cart', 'shop']) {
    const application = { ...SHOP, name };
    journal.append(1, formatTrustLost({ ...COMMIT, application }, ORIGIN));
  }
  await stage.settle();
  assert.deepEqual(
    stage.pagerduty.alerts.map(({ severity, summary }) => [severity, summary]),
    ['shop', 'cart'].map((name) => [
      'error',
      `[prod-eu-1] Application argocd/${name} has deployed commit cccccccccccc of https://git.example.com/shop, which was verified and is not trusted any more (key_revoked). The key was revoked. (commit-trust-lost)`,
    ]),
  );
  assert.deepEqual(stage.pagerduty.changes, []);
});
