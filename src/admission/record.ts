/** Records a decision before it is answered. */
import type { MonotonicMs } from '../base/clock.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { formatGrantUse } from './apply-grant.ts';
import { decideRecorded } from './decide-recorded.ts';
import { formatRecord } from './format-record.ts';
import { refuseWithoutVerdict } from './decide-fault.ts';
import type { AdmissionRoute } from './decide.ts';
import type { Decision } from './decision.ts';
import type { DecisionRecorder } from './ports.ts';
import type { AdmissionRuntime } from './runtime.ts';

export interface RecordContext {
  readonly route: AdmissionRoute;
  readonly recorder: DecisionRecorder;
  /** The configuration of the decision, which the record must name. */
  readonly runtime: AdmissionRuntime;
  /** The name of this replica: the pod's name, else the host's. */
  readonly replica: string;
  /** The deadline in milliseconds, after which an answer is useless. */
  readonly deadlineAtMs: MonotonicMs;
  /** Of the request's own JSON. */
  readonly requestBytes: number;
}

/** Waits until the decision is durable as configured; if recording fails, `audit.recordFailure` applies. */
export async function record(
  request: AdmissionRequest,
  decision: Decision,
  { route, recorder, runtime, replica, deadlineAtMs, requestBytes }: RecordContext,
): Promise<Decision> {
  try {
    const { configurationHash, recorded, recordInput } = runtime;
    if (!decideRecorded(request, decision, { route, rules: recorded })) return decision;
    const input = recordInput?.(request, decision.facts, requestBytes);
    const origin = { route, replica, configurationHash, input };
    const formatted = formatRecord(request, decision, origin);
    const { place, foldedInto } = await recorder.record(formatted, deadlineAtMs);
    const told = tellOfRecord(decision, runtime.alertsOfGrants);
    const placed = place === undefined ? told : { ...told, place };
    return foldedInto === undefined ? placed : renameDecision(placed, foldedInto);
  } catch {
    // An unrecorded denial is still a denial; an allow without evidence would help an attacker.
    if (!decision.allowed || runtime.recordFailure === 'allow') return decision;
    return refuseWithoutVerdict('record_failed', {
      ...decision,
      route,
      messageCharsMax: 0,
    });
  }
}

/** Said only once it is true: a use of a grant that could not be recorded must not claim it. */
function tellOfRecord(decision: Decision, isAlerted: boolean): Decision {
  if (decision.grant === undefined) return decision;
  const use = formatGrantUse(decision.grant);
  const told = `${use}, ${isAlerted ? 'recorded and alerted' : 'recorded'}`;
  return {
    ...decision,
    warnings: decision.warnings.map((warning) => (warning === use ? told : warning)),
  };
}

/** The answer names the decision under which the record is found. */
function renameDecision(decision: Decision, id: string): Decision {
  const rename = (text: string): string => text.replaceAll(decision.id, id);
  const { message, warnings } = decision;
  return { ...decision, id, message: rename(message), warnings: warnings.map(rename) };
}
