/** Records what is deployed and not trusted any more, so that sinks and incidents learn of it. */
import { formatApplication } from '../source/commits/deployed-commits.ts';
import type { DistrustedCommit } from '../source/commits/deployed-verifier.ts';
import { formatTrustLost } from './format-trust-lost.ts';
import { recordFinding, type FindingReporterOptions } from './record-finding.ts';

/** Builds the reporter. It never throws. */
export function createLostReporter(
  options: FindingReporterOptions,
): (commit: Omit<DistrustedCommit<unknown>, 'question'>) => void {
  return (commit) => {
    const { application, repository, objectId, lost } = commit;
    options.logger.error('A deployed commit is not trusted any more', {
      application: formatApplication(application),
      repository,
      objectId,
      code: lost.code,
      reason: lost.reason,
    });
    void recordFinding(options, (origin) => formatTrustLost(commit, origin));
  };
}
