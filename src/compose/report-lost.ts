/** Records what is deployed and not trusted any more, so that sinks and incidents learn of it. */
import type { DecisionRecorder } from '../admission/ports.ts';
import { addMs, type Clock, type WallMs } from '../base/clock.ts';
import { SECOND } from '../settings/limit.ts';
import { formatApplication } from '../source/commits/deployed-commits.ts';
import type { DistrustedCommit } from '../source/commits/deployed-verifier.ts';
import type { Logger } from '../telemetry/logger.ts';
import { formatTrustLost, type FindingOrigin } from './format-trust-lost.ts';

export interface LostReporterOptions {
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

/** Builds the reporter. It never throws. */
export function createLostReporter(
  options: LostReporterOptions,
): (commit: Omit<DistrustedCommit<unknown>, 'question'>) => void {
  const { recorder, logger, clock, nextId, replica, inForce } = options;
  return (commit) => {
    const { application, repository, objectId, lost } = commit;
    logger.error('A deployed commit is not trusted any more', {
      application: formatApplication(application),
      repository,
      objectId,
      code: lost.code,
      reason: lost.reason,
    });
    const nowMs = clock.wallMs();
    const origin = {
      ...inForce(),
      replica,
      decisionId: nextId(nowMs),
      time: new Date(nowMs).toISOString(),
    };
    const record = formatTrustLost(commit, origin);
    // The recorder writes what it cannot keep to the log.
    void Promise.resolve(recorder.record(record, addMs(clock.monotonicMs(), RECORD_MS))).catch(
      () => undefined,
    );
  };
}
