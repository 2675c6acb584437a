/** Records what Holdfast found by itself, so that sinks and incidents learn of it. */
import type { DecisionRecorder } from '../admission/ports.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import { addMs, type Clock, type WallMs } from '../base/clock.ts';
import { SECOND } from '../settings/limit.ts';
import type { Logger } from '../telemetry/logger.ts';

/** What a record says about the process that made it. */
export interface FindingOrigin {
  readonly decisionId: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly cluster: string;
  readonly replica: string;
  readonly policyRevision: string;
  readonly configurationHash: string;
}

export interface FindingReporterOptions {
  readonly recorder: DecisionRecorder;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly nextId: (nowMs: WallMs) => string;
  readonly replica: string;
  /** Of the configuration in force. */
  readonly inForce: () => Pick<FindingOrigin, 'cluster' | 'policyRevision' | 'configurationHash'>;
}

/** Nobody waits for an answer. */
const RECORD_MS = 30 * SECOND;

/** Resolves with the decision id when it is recorded, with `undefined` if it could not be; never rejects. */
export async function recordFinding(
  { recorder, clock, nextId, replica, inForce }: Omit<FindingReporterOptions, 'logger'>,
  format: (origin: FindingOrigin) => AuditRecord,
): Promise<string | undefined> {
  const nowMs = clock.wallMs();
  const record = format({
    ...inForce(),
    replica,
    decisionId: nextId(nowMs),
    time: new Date(nowMs).toISOString(),
  });
  try {
    await recorder.record(record, addMs(clock.monotonicMs(), RECORD_MS));
    return record.decisionId;
  } catch {
    // The recorder writes what it cannot keep to the log.
    return undefined;
  }
}
