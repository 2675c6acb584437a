import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_RULES } from '../../../src/alerting/default-rules.ts';
import { listFacets, matchRule } from '../../../src/alerting/match-rule.ts';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import { gitopsWrite } from '../../support/alerts/alert-stage.ts';
import { sampleRule } from '../../support/alerts/incident-samples.ts';
import { sampleRecord } from '../../support/journal-entries.ts';

const verdict = (status: AuditRecord['policies'][number]['status'], code = 'a_code') => ({
  policy: 'a_policy',
  mode: 'enforce' as const,
  status,
  codes: [code],
});
const allowed = { allowed: true, code: 'allowed', policies: [] };
const proof = (sufficient: boolean) => ({
  actor: {
    class: 'gitops' as const,
    proof: { grade: 'impersonated' as const, sufficient, reason: 'No pod' },
  },
});
const grant = {
  id: 'g1',
  subject: 'bob',
  reason: 'outage',
  ticket: 'OPS-1',
  expires: '2026-01-05T09:00:00Z',
  approvers: [],
  use: 1,
  usesLeft: 1,
};

const expectations: readonly (readonly [string, Partial<AuditRecord>, string | undefined])[] = [
  ['a refused change', {}, 'drift-attempt'],
  ['a refused deletion', { operation: 'DELETE' }, 'deletion-attempt'],
  [
    'a warned change',
    { ...allowed, policies: [verdict('warned', 'managed_object_changed')] },
    'drift',
  ],
  [
    'an audit finding',
    { ...allowed, policies: [verdict('audited', 'managed_object_changed')] },
    undefined,
  ],
  ['a routine allow', allowed, undefined],
  ['a write that nobody was asked about', { ...allowed, code: 'write_unjudged' }, 'write-unjudged'],
  [
    'one of a controller, and a webhook that failed open',
    { ...allowed, code: 'writer_unjudged' },
    'admission-bypassed',
  ],
  [
    'somebody in the name of a controller',
    { ...allowed, code: 'writer_impersonated' },
    'forged-identity-seen',
  ],
  [
    'a changed admission policy',
    { ...allowed, code: 'admission_configuration_changed' },
    'admission-configuration-changed',
  ],
  ['a role that gives everything', { ...allowed, code: 'rbac_escalated' }, 'rbac-escalated'],
  ['an attack that Falco saw', { ...allowed, code: 'runtime_attack' }, 'runtime-attack'],
  ['a milder event of Falco', { ...allowed, code: 'runtime_suspicion' }, 'runtime-suspicion'],
  ['a degraded application', { ...allowed, code: 'application_degraded' }, 'application-failed'],
  ['one that differs', { ...allowed, code: 'application_out_of_sync' }, 'application-out-of-sync'],
  ['drift of Terraform', { ...allowed, code: 'terraform_drift_found' }, 'terraform-drift'],
  ['a token that was made', { ...allowed, code: 'token_minted' }, 'privileged-request'],
  ['a write of the controller', gitopsWrite('a'), undefined],
  ['a controller without proof', proof(false), 'forged-identity'],
  ['a proven controller that is refused', proof(true), 'writer-misuse'],
  [
    'a credential in Git that is warned of',
    { ...allowed, policies: [verdict('warned', 'credential_in_plaintext')] },
    'plaintext-credential',
  ],
  [
    'a Secret in Git that is refused',
    { ...proof(true), code: 'secret_in_plaintext' },
    'plaintext-credential',
  ],
  [
    'a claim that is pruned',
    { ...allowed, policies: [verdict('warned', 'claim_pruned')] },
    'data-deletion',
  ],
  [
    'a sync that deletes too much',
    { ...proof(true), code: 'deletion_budget_exceeded' },
    'deletion-budget',
  ],
  [
    'a rollback to a version that is not verified',
    { ...allowed, policies: [verdict('warned', 'rollback_unverified')] },
    'rollback',
  ],
  [
    'an application that is frozen',
    { finding: true, ...allowed, code: 'rollbacks_exceeded' },
    'rollbacks-exceeded',
  ],
  [
    'a version that was deployed',
    { finding: true, ...allowed, code: 'version_deployed' },
    undefined,
  ],
  [
    'a sync while deployments are frozen',
    { ...proof(true), code: 'freeze_in_force' },
    'deployment-frozen',
  ],
  [
    'a sync while a circuit breaker is open',
    { ...proof(true), code: 'breaker_open' },
    'deployment-frozen',
  ],
  [
    'a sync while nobody knows what is frozen',
    { ...allowed, policies: [verdict('warned', 'freeze_unavailable')] },
    'freeze-unavailable',
  ],
  ['a pod under the controller’s account', { code: 'writer_account_used' }, 'forged-identity-code'],
  ['a token of the controller', { code: 'writer_token_requested' }, 'credential-theft'],
  ['a change of an Application', { code: 'gitops_control_plane_changed' }, 'control-plane-attack'],
  [
    'the deletion of a namespace',
    { code: 'namespace_holds_managed_objects' },
    'destructive-deletion',
  ],
  ['an edited mark', { code: 'protected_key_changed' }, 'tampering'],
  [
    'an unavailable policy',
    { ...allowed, policies: [verdict('unavailable', 'policy_deadline_exceeded')] },
    'policy-unavailable',
  ],
  [
    'a refused controller of the platform',
    {
      code: 'x',
      actor: { class: 'platform', proof: { grade: 'none', sufficient: true, reason: '' } },
    },
    'platform-refused',
  ],
  ['another refusal', { code: 'image_unsigned', policies: [] }, 'refusal'],
  ['a new mutator', { ...allowed, finding: true, code: 'mutator_added' }, 'mutator-added'],
  ['a new blocker', { ...allowed, finding: true, code: 'blocker_added' }, 'blocker-added'],
  ['the use of a grant', { ...allowed, grant }, 'break-glass'],
];
for (const [name, overrides, expected] of expectations) {
  test(`the built-in rules call ${name} ${expected ?? 'no incident'}`, () => {
    assert.equal(matchRule(sampleRecord(1, overrides), DEFAULT_RULES)?.name, expected);
  });
}

const conditions: readonly (readonly [object, boolean])[] = [
  [{ kinds: ['Deployment'] }, true],
  [{ kinds: ['Pod'] }, false],
  [{ apps: ['checkout'] }, false],
  [{ namespaces: ['sh*'] }, true],
  [{ namespaces: ['shop'] }, true],
  [{ namespaces: ['shopping', ''] }, false],
  [{ usernames: ['alice'] }, true],
  [{ usernames: ['bob'] }, false],
  [{ proofGrades: ['none'] }, true],
  [{ proofGrades: ['legacy'] }, false],
  [{ proofSufficient: true }, true],
  [{ proofSufficient: false }, false],
  [{ grant: false }, true],
  [{ grant: true }, false],
  [{ policies: ['gitops_only_writes'] }, true],
  [{ policies: ['protected_keys'] }, false],
  [{ operations: ['CREATE'] }, false],
  [{ actorClasses: ['node'] }, false],
  [{ decisions: ['unavailable'] }, false],
  [{ codes: ['other'] }, false],
];
for (const [match, expected] of conditions) {
  test(`a rule for ${JSON.stringify(match)} ${expected ? 'holds' : 'does not hold'} for the sample`, () => {
    assert.equal(matchRule(sampleRecord(1), [sampleRule({ match })]) !== undefined, expected);
  });
}

test('a record without an actor matches no rule about actors', () => {
  const record = sampleRecord(1, { actor: undefined, managedBy: { tool: 'argocd', app: 'shop' } });
  for (const match of [
    { actorClasses: ['other'] },
    { proofGrades: ['none'] },
    { proofSufficient: true },
  ]) {
    assert.equal(matchRule(record, [sampleRule({ match })]), undefined);
  }
  assert.ok(matchRule(record, [sampleRule({ match: { apps: ['shop'] } })]));
});

test('listFacets() names the gravest first', () => {
  const statuses = ['unavailable', 'warned', 'audited'] as const;
  const policies = statuses.map((status) => verdict(status));
  assert.deepEqual(listFacets(sampleRecord(1, { policies })), ['denied', 'unavailable', 'audited']);
  assert.deepEqual(listFacets(sampleRecord(1, { allowed: true, policies })), [
    'unavailable',
    'warned',
    'audited',
    'allowed',
  ]);
});
