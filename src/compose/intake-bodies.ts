/** The bodies of reports: strict JSON of the declared form, or a refusal that says what is wrong with it. */
import { parseStrictJson } from '../base/strict-json.ts';
import type { AuditIntake } from '../drift/intake/audit-intake.ts';
import { parseAuditEvents } from '../drift/intake/parse-audit-events.ts';
import { INTAKE_LIMITS } from '../drift/intake/settings.ts';
import { HoldfastError } from '../errors.ts';
import type { Metrics } from '../telemetry/metrics.ts';

const DEPTH_MAX = INTAKE_LIMITS['intake.depthMax'].default;
const EVENTS_MAX = INTAKE_LIMITS['intake.eventsMax'].default;

export interface AuditBodyDependencies {
  readonly intake: Pick<AuditIntake, 'take'>;
  readonly metrics: Metrics;
}

/** A batch of the audit webhook of an API server. */
export async function receiveAudit(
  body: Uint8Array,
  { intake, metrics }: AuditBodyDependencies,
): Promise<void> {
  const parsed = parseAuditEvents(readJson(body), EVENTS_MAX);
  if (!parsed.ok) throw unreadable(parsed.reason);
  if (parsed.malformed > 0) {
    const labels = { source: 'kubernetes-audit', outcome: 'malformed' };
    metrics.add('holdfast_intake_events_total', parsed.malformed, labels);
  }
  await intake.take(parsed.events);
}

function readJson(body: Uint8Array): unknown {
  const document = parseStrictJson(body, { depthMax: DEPTH_MAX });
  if (!document.ok) throw unreadable(document.message);
  return document.value;
}

function unreadable(reason: string): HoldfastError {
  return new HoldfastError('intake_unreadable', `The report cannot be read: ${reason}`);
}
