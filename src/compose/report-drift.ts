/** Records that somebody changed the registration, so that sinks and incidents learn of it. */
import { REGISTRATION_CHANGED_CODE, type AuditRecord } from '../audit/audit-record.ts';
import { addMs } from '../base/clock.ts';
import type { RegistrationDrift } from '../registration/registration-keeper.ts';
import { SECOND } from '../settings/limit.ts';
import type { FindingOrigin } from './format-trust-lost.ts';
import type { LostReporterOptions } from './report-lost.ts';

/** Nobody waits for an answer. */
const RECORD_MS = 30 * SECOND;
const PLACES_SHOWN_MAX = 10;

/** Builds the reporter. It never throws. */
export function createDriftReporter(
  options: LostReporterOptions,
): (drift: RegistrationDrift) => void {
  const { recorder, logger, clock, nextId, replica, inForce } = options;
  return (drift) => {
    const { kind, name, what, places, managers } = drift;
    logger.error('The registration was changed by somebody else, and put right', {
      kind,
      name,
      what,
      places,
      managers,
    });
    const nowMs = clock.wallMs();
    const origin = {
      ...inForce(),
      replica,
      decisionId: nextId(nowMs),
      time: new Date(nowMs).toISOString(),
    };
    const record = formatRegistrationChanged(drift, origin);
    // The recorder writes what it cannot keep to the log.
    void Promise.resolve(recorder.record(record, addMs(clock.monotonicMs(), RECORD_MS))).catch(
      () => undefined,
    );
  };
}

/** The record: nobody has asked, so nothing is refused. Who did it, only the audit log of the API server knows. */
function formatRegistrationChanged(
  { kind, name, what, places, managers }: RegistrationDrift,
  origin: FindingOrigin,
): AuditRecord {
  const shown = places.slice(0, PLACES_SHOWN_MAX).join(', ');
  const detail = what === 'deleted' ? '' : ` (${shown}), last written by ${managers.join(', ')}`;
  return {
    schemaVersion: 1,
    ...origin,
    finding: true,
    route: 'validate',
    requestUid: '',
    operation: what === 'deleted' ? 'DELETE' : 'UPDATE',
    dryRun: false,
    user: { username: 'holdfast', groups: [], extra: {} },
    object: {
      group: 'admissionregistration.k8s.io',
      version: 'v1',
      resource: `${kind.toLowerCase()}s`,
      subresource: '',
      kind,
      namespace: '',
      name,
    },
    allowed: true,
    code: REGISTRATION_CHANGED_CODE,
    message: `The ${kind} ${name} of Holdfast was ${what}${detail}, and put right.\nFind out in the audit log of the API server who did it: writes in between may not have been judged.`,
    policies: [],
    durationMs: 0,
  };
}
