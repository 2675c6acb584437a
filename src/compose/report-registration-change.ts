/** Records that somebody changed the registration, so that sinks and incidents learn of it. */
import { REGISTRATION_CHANGED_CODE, type AuditRecord } from '../audit/audit-record.ts';
import { UNASKED } from '../audit/unasked-record.ts';
import type { RegistrationDrift } from '../registration/registration-keeper.ts';
import {
  recordFinding,
  type FindingOrigin,
  type FindingReporterOptions,
} from './record-finding.ts';

/** A message must not grow with what was changed. */
const PLACES_SHOWN_MAX = 10;

/** Builds the reporter. It never throws. */
export function createRegistrationReporter(
  options: FindingReporterOptions,
): (drift: RegistrationDrift) => void {
  return (drift) => {
    const { kind, name, what, places, managers } = drift;
    options.logger.error('The registration was changed by somebody else, and put right', {
      kind,
      name,
      what,
      places,
      managers,
    });
    void recordFinding(options, (origin) => formatRegistrationChanged(drift, origin));
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
    ...UNASKED,
    ...origin,
    finding: true,
    operation: what === 'deleted' ? 'DELETE' : 'UPDATE',
    object: {
      group: 'admissionregistration.k8s.io',
      version: 'v1',
      resource: `${kind.toLowerCase()}s`,
      subresource: '',
      kind,
      namespace: '',
      name,
    },
    code: REGISTRATION_CHANGED_CODE,
    message: `The ${kind} ${name} of Holdfast was ${what}${detail}, and put right.\nFind out in the audit log of the API server who did it: writes in between may not have been judged.`,
  };
}
