/** Decides which decisions are recorded. The others are counted in metrics. */
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { askedOperation } from './asked-operation.ts';
import type { AdmissionRoute } from './decide.ts';
import type { Decision } from './decision.ts';

/** What is recorded in addition to denials, warnings, findings, patches, grants and unavailable policies. */
export interface RecordingRules {
  /** Allowed writes to managed objects, and operations that Argo CD was asked for: they write managed objects. */
  readonly managedWrites: boolean;
  /** Allows without findings: none, those of writes (no CONNECT, no dry-run), or those of both routes. */
  readonly routineAllows: 'none' | 'writes' | 'all';
}

export interface RecordingQuestion {
  readonly route: AdmissionRoute;
  readonly rules: RecordingRules;
}

/** Whether a decision is recorded: denials, findings and patches always are. */
export function decideRecorded(
  request: AdmissionRequest,
  decision: Decision,
  { route, rules }: RecordingQuestion,
): boolean {
  if (isNotable(decision) || rules.routineAllows === 'all') return true;
  // /validate follows /mutate for the same request and records it with its final object: one write, one record.
  if (route === 'mutate') return false;
  const writesManaged = touchesManaged(decision) || askedOperation(request) !== undefined;
  if (rules.managedWrites && writesManaged) return true;
  const { operation } = request;
  return rules.routineAllows === 'writes' && operation !== 'CONNECT' && !decision.dryRun;
}

function isNotable({ allowed, patch, policies, grant }: Decision): boolean {
  // Uses of a grant are always recorded, because they will be reviewed.
  if (!allowed || patch.length > 0 || grant !== undefined) return true;
  return policies.some(({ status }) => status !== 'passed');
}

function touchesManaged({ facts: { object } }: Decision): boolean {
  return object?.managed === true || object?.wasManaged === true;
}
