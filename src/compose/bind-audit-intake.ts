/** What the events of an audit log are judged by: who writes as routine, and about which writes Holdfast is asked. */
import { AuditIntake } from '../drift/intake/audit-intake.ts';
import type { FindingIntake } from '../drift/intake/finding-intake.ts';
import { WEBHOOK_NAMES } from '../registration/plan-registration.ts';
import { RECOVERY_USERNAMES } from '../registration/recovery-identities.ts';
import type { IntakeConfiguration } from './intake-messages.ts';
import type { BoundOwners } from './intake-owners.ts';
import { ownUsername } from './plan-manifests.ts';

/** `undefined` where no audit log is taken. */
export function bindAuditIntake(
  { identity, intake, registration, ownership, breakGlass }: IntakeConfiguration,
  { findings, ownerOf, readOwner }: BoundOwners & { readonly findings: FindingIntake },
): AuditIntake | undefined {
  if (intake?.audit === undefined) return undefined;
  const { profile, pilotNamespaces } = registration;
  const exempt = new Set(ownership.exemptNamespaces);
  const pilots = new Set(pilotNamespaces);
  return new AuditIntake({
    intake: findings,
    ownerOf,
    readOwner,
    classifier: {
      webhooks: new Set(Object.values(WEBHOOK_NAMES)),
      writers: new Set(identity.writers.map(({ username }) => username)),
      expected: new Set(intake.audit.expectedUsers),
      recovery: new Set(RECOVERY_USERNAMES),
      ownUsername: ownUsername(breakGlass.namespace),
      isJudged: (namespace) =>
        !exempt.has(namespace) && (pilots.size === 0 || pilots.has(namespace)),
      asksAll: profile === 'production',
    },
  });
}
