/** The built-in rules, which follow the configured ones. */
import {
  BREAKER_OPENED_CODE,
  BLOCKER_ADDED_CODE,
  DRIFT_FOUND_CODE,
  DRIFT_HEAL_FAILED_CODE,
  MUTATOR_ADDED_CODE,
  REGISTRATION_CHANGED_CODE,
  ROLLBACKS_EXCEEDED_CODE,
  TRUST_LOST_CODE,
  WRITE_UNJUDGED_CODE,
} from '../audit/audit-record.ts';
import { DAY } from '../settings/limit.ts';
import { alertsSchema, type IncidentRule } from './settings.ts';

const ATTEMPTED = ['denied', 'warned'];

/** In order; the first match decides. A record without a match is not an incident. */
export const DEFAULT_RULES: readonly IncidentRule[] = alertsSchema.parse({
  rules: [
    {
      name: 'break-glass',
      match: { grant: true, decisions: ['allowed', 'warned', 'audited'] },
      severity: 'info',
    },
    {
      // A credential in the controller's name without proof: stolen, minted or impersonated.
      name: 'forged-identity',
      match: { actorClasses: ['gitops'], proofSufficient: false, decisions: ATTEMPTED },
      severity: 'critical',
    },
    {
      name: 'forged-identity-code',
      match: { codes: ['writer_unproven', 'writer_account_used'], decisions: ATTEMPTED },
      severity: 'critical',
      class: 'forged-identity',
    },
    {
      name: 'credential-theft',
      match: {
        codes: ['writer_token_requested', 'writer_token_secret', 'writer_pod_entered'],
        decisions: ATTEMPTED,
      },
      severity: 'critical',
    },
    {
      name: 'control-plane-attack',
      match: {
        codes: ['gitops_control_plane_changed', 'source_inline_manifests', 'application_took_over'],
        decisions: ATTEMPTED,
      },
      severity: 'critical',
    },
    {
      // Somebody wears the name of a controller, a node or an operator; or its credential was renewed, and has to be accepted.
      name: 'unknown-credential',
      match: {
        codes: ['control_plane_credential_unknown'],
        decisions: [...ATTEMPTED, 'audited'],
      },
      severity: 'critical',
      class: 'forged-identity',
    },
    {
      // Whoever may read the repository knows it: replaced by somebody, for each object by itself.
      name: 'plaintext-credential',
      match: {
        codes: ['secret_in_plaintext', 'secret_decryption_unknown', 'credential_in_plaintext'],
        decisions: ATTEMPTED,
      },
      severity: 'warning',
      oneFor: 'object',
    },
    {
      name: 'data-deletion',
      match: {
        codes: [
          'claim_pruned',
          'volume_pruned',
          'volume_reclaim_deletes',
          'retention_deletes_claims',
        ],
        decisions: ATTEMPTED,
      },
      severity: 'error',
      oneFor: 'object',
    },
    {
      name: 'deletion-budget',
      match: { codes: ['deletion_budget_exceeded'], decisions: ATTEMPTED },
      severity: 'error',
    },
    {
      name: 'rollback',
      match: { codes: ['rollback_unverified', 'application_frozen'], decisions: ATTEMPTED },
      severity: 'error',
    },
    {
      // Something brings back what something else rolls back: it does not end by itself.
      name: 'rollbacks-exceeded',
      match: { codes: [ROLLBACKS_EXCEEDED_CODE] },
      severity: 'critical',
      oneFor: 'object',
    },
    {
      // Nothing is wrong: one incident, however often a controller tries.
      name: 'deployment-frozen',
      match: { codes: ['freeze_in_force', 'breaker_open'], decisions: ATTEMPTED },
      severity: 'info',
      oneFor: 'policy',
    },
    {
      name: 'freeze-unavailable',
      match: { codes: ['freeze_unavailable'], decisions: ATTEMPTED },
      severity: 'error',
      oneFor: 'policy',
    },
    {
      name: 'writer-misuse',
      match: { actorClasses: ['gitops'], decisions: ATTEMPTED },
      severity: 'error',
    },
    {
      name: 'destructive-deletion',
      match: {
        codes: [
          'namespace_holds_managed_objects',
          'crd_deletion_destroys_resources',
          'application_deletion_destroys_resources',
        ],
        decisions: ATTEMPTED,
      },
      severity: 'error',
    },
    {
      name: 'tampering',
      match: { codes: ['protected_key_changed'], decisions: ATTEMPTED },
      severity: 'error',
    },
    {
      // A key was revoked, and what it has signed is deployed: one incident for each application.
      name: 'commit-trust-lost',
      match: { codes: [TRUST_LOST_CODE] },
      severity: 'error',
      oneFor: 'object',
    },
    {
      // No webhook is asked about webhooks: Holdfast has seen it afterwards, and put it right.
      name: 'registration-changed',
      match: { codes: [REGISTRATION_CHANGED_CODE] },
      severity: 'critical',
      oneFor: 'object',
    },
    {
      // It changes the writer's own requests on their way, and no webhook is asked about it.
      name: 'mutator-added',
      match: { codes: [MUTATOR_ADDED_CODE] },
      severity: 'critical',
      oneFor: 'object',
      // As drift-found.
      quietMs: 7 * DAY,
      resolveOnHeal: true,
    },
    {
      // Where it is away, leaders lose their leases, or Holdfast cannot be repaired.
      name: 'blocker-added',
      match: { codes: [BLOCKER_ADDED_CODE] },
      severity: 'error',
      oneFor: 'object',
      // As drift-found.
      quietMs: 7 * DAY,
      resolveOnHeal: true,
    },
    {
      // Past admission: it was down, failed open, or was not asked. It lasts until it is reverted.
      name: 'drift-found',
      match: { codes: [DRIFT_FOUND_CODE] },
      severity: 'error',
      oneFor: 'object',
      // The longest that a rule may have: that nobody does it again does not mend it.
      quietMs: 7 * DAY,
      resolveOnHeal: true,
    },
    {
      // It does not converge: something changes it again, or nobody may put it right but a person.
      name: 'drift-heal-failed',
      match: { codes: [DRIFT_HEAL_FAILED_CODE] },
      severity: 'critical',
      oneFor: 'object',
      // As of the drift itself.
      quietMs: 7 * DAY,
      resolveOnHeal: true,
    },
    {
      // The API server's audit log says it of a write past admission, with the user's name: the same incident, which ends by itself where
      // nothing compares.
      name: 'write-unjudged',
      match: { codes: [WRITE_UNJUDGED_CODE] },
      severity: 'error',
      class: 'drift-found',
      oneFor: 'object',
      resolveOnHeal: true,
    },
    {
      // Holdfast does not answer, or is not registered: one incident, however much is written.
      name: 'admission-bypassed',
      match: { codes: ['admission_failed_open', 'writer_unjudged'] },
      severity: 'error',
      oneFor: 'class',
    },
    {
      name: 'forged-identity-seen',
      match: { codes: ['writer_impersonated', 'writer_token_minted'] },
      severity: 'critical',
      class: 'forged-identity',
    },
    {
      // No webhook is asked about it. Of our own registration, the registration controller tells, too.
      name: 'admission-configuration-changed',
      match: { codes: ['admission_configuration_changed'] },
      severity: 'error',
      class: 'registration-changed',
      oneFor: 'object',
    },
    {
      name: 'rbac-escalated',
      match: { codes: ['rbac_escalated'] },
      severity: 'error',
      oneFor: 'object',
    },
    {
      // By the word of Falco, whose rules say how grave it is.
      name: 'runtime-attack',
      match: { codes: ['runtime_attack'] },
      severity: 'critical',
      oneFor: 'object',
    },
    {
      name: 'runtime-suspicion',
      match: { codes: ['runtime_suspicion'] },
      severity: 'warning',
      class: 'runtime-attack',
      oneFor: 'object',
    },
    {
      name: 'application-failed',
      match: { codes: ['application_sync_failed', 'application_degraded'] },
      severity: 'error',
      oneFor: 'object',
    },
    {
      name: 'application-out-of-sync',
      match: { codes: ['application_out_of_sync'] },
      severity: 'warning',
      class: 'application-failed',
      oneFor: 'object',
    },
    {
      name: 'terraform-drift',
      match: { codes: ['terraform_drift_found'] },
      severity: 'warning',
      oneFor: 'object',
    },
    {
      name: 'privileged-request',
      match: { codes: ['token_minted', 'user_impersonated'] },
      severity: 'warning',
    },
    {
      // It lasts until the circuit breaker closes.
      name: 'circuit-breaker-open',
      match: { codes: [BREAKER_OPENED_CODE] },
      severity: 'error',
      oneFor: 'object',
      quietMs: DAY,
      resolveOnHeal: true,
    },
    {
      // Not the user's fault: one incident per policy, for all users.
      name: 'policy-unavailable',
      match: { decisions: ['unavailable'] },
      severity: 'error',
      oneFor: 'policy',
    },
    {
      // Denying a platform controller can cause an outage.
      name: 'platform-refused',
      match: { actorClasses: ['platform', 'node', 'operator'], decisions: ['denied'] },
      severity: 'error',
    },
    {
      name: 'deletion-attempt',
      match: { codes: ['managed_object_changed'], operations: ['DELETE'], decisions: ['denied'] },
      severity: 'error',
    },
    {
      name: 'drift-attempt',
      match: { codes: ['managed_object_changed'], decisions: ['denied'] },
      severity: 'warning',
      resolveOnHeal: true,
    },
    {
      // Allowed with a warning: the drift stays until the controller reverts it.
      name: 'drift',
      match: { codes: ['managed_object_changed'], decisions: ['warned'] },
      severity: 'info',
      resolveOnHeal: true,
    },
    { name: 'refusal', match: { decisions: ['denied'] }, severity: 'warning' },
  ],
}).rules;
