/** The bodies of reports: strict JSON of the declared form, or a refusal that says what is wrong with it. */
import { parseStrictJson } from '../base/strict-json.ts';
import type { AuditIntake } from '../drift/intake/audit-intake.ts';
import { parseAuditEvents } from '../drift/intake/parse-audit-events.ts';
import { parseArgocdNotification } from '../drift/intake/parse-argocd-notification.ts';
import { parseFalcoEvent } from '../drift/intake/parse-falco-event.ts';
import type { ReportIntake } from '../drift/intake/report-intake.ts';
import { INTAKE_LIMITS, type IntakeSettings } from '../drift/intake/settings.ts';
import { parseTerraformPlan } from '../drift/terraform/parse-terraform-plan.ts';
import { HoldfastError } from '../errors.ts';
import type { Metrics } from '../telemetry/metrics.ts';

const DEPTH_MAX = INTAKE_LIMITS['intake.depthMax'].default;
const WORKSPACE = /^[A-Za-z0-9][A-Za-z0-9_./-]{0,199}$/u;
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

/** An event of Falco. */
export async function receiveFalco(
  body: Uint8Array,
  {
    reports,
    settings,
  }: {
    readonly reports: Pick<ReportIntake, 'takeFalco'>;
    readonly settings: IntakeSettings['falco'];
  },
): Promise<void> {
  const parsed = parseFalcoEvent(readJson(body));
  if (!parsed.ok) throw unreadable(parsed.reason);
  const { minimumPriority = 'Notice', managedOnly = true } = settings ?? {};
  await reports.takeFalco(parsed.event, { minimumPriority, managedOnly, body });
}

/** A notification of Argo CD. */
export async function receiveArgocd(
  body: Uint8Array,
  reports: Pick<ReportIntake, 'takeArgocd'>,
): Promise<void> {
  const parsed = parseArgocdNotification(readJson(body));
  if (!parsed.ok) throw unreadable(parsed.reason);
  await reports.takeArgocd(parsed.notification);
}

/** A plan of Terraform, of the workspace that the query names. */
export async function receiveTerraform(
  body: Uint8Array,
  query: URLSearchParams,
  reports: Pick<ReportIntake, 'takeTerraform'>,
): Promise<void> {
  const workspace = query.get('workspace') ?? '';
  if (!WORKSPACE.test(workspace)) {
    throw unreadable(
      'the query has no "workspace", which names it with letters, digits and "-_./" (at most 200)',
    );
  }
  const parsed = parseTerraformPlan(readJson(body));
  if (!parsed.ok) throw unreadable(parsed.reason);
  await reports.takeTerraform(parsed.plan, { workspace, body });
}

function readJson(body: Uint8Array): unknown {
  const document = parseStrictJson(body, { depthMax: DEPTH_MAX });
  if (!document.ok) throw unreadable(document.message);
  return document.value;
}

function unreadable(reason: string): HoldfastError {
  return new HoldfastError('intake_unreadable', `The report cannot be read: ${reason}`);
}
