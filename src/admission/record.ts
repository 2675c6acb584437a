/** No decision that matters is answered before it is recorded. */
import type { MonotonicMs } from '../base/clock.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
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
  /** The configuration that judged: a record under another one would say what nobody decided. */
  readonly runtime: AdmissionRuntime;
  /** Which of our processes this is: the pod's name, else the host's. */
  readonly replica: string;
  /** Milliseconds since the epoch at which an answer is of no more use. */
  readonly deadlineAtMs: MonotonicMs;
}

/** Waits until the decision is as durable as the recorder promises; a record that fails meets the configured mode. */
export async function record(
  request: AdmissionRequest,
  decision: Decision,
  { route, recorder, runtime, replica, deadlineAtMs }: RecordContext,
): Promise<Decision> {
  try {
    const { configurationHash, recorded } = runtime;
    if (!decideRecorded(request, decision, { route, rules: recorded })) return decision;
    const origin = { route, replica, configurationHash };
    const place = await recorder.record(formatRecord(request, decision, origin), deadlineAtMs);
    return place === undefined ? decision : { ...decision, place };
  } catch {
    // A refusal that could not be recorded is still a refusal; an allow without evidence is what an attacker wants.
    if (!decision.allowed || runtime.recordFailure === 'allow') return decision;
    return refuseWithoutVerdict('record_failed', {
      ...decision,
      route,
      messageCharsMax: 0,
    });
  }
}
