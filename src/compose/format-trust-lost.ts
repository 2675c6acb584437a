/** Formats the record of a commit that is deployed and not trusted any more. */
import { TRUST_LOST_CODE, type AuditRecord } from '../audit/audit-record.ts';
import { UNASKED } from '../audit/unasked-record.ts';
import { formatApplication } from '../source/commits/deployed-commits.ts';
import type { DistrustedCommit } from '../source/commits/deployed-verifier.ts';
import { referenceOf } from './application-name.ts';
import type { FindingOrigin } from './record-finding.ts';

const SHOWN_DIGITS = 12;

/**
 * Nobody has asked for anything, so nothing is refused: the record warns, in the name of the policy that refuses the next write. Its
 * object is the application.
 */
export function formatTrustLost(
  { application, repository, objectId, lost }: Omit<DistrustedCommit<unknown>, 'question'>,
  origin: FindingOrigin,
): AuditRecord {
  const { group, version, resource, kind } = referenceOf(application);
  const { namespace, name } = application;
  const { code, reason, rule } = lost;
  return {
    ...UNASKED,
    ...origin,
    finding: true,
    operation: 'UPDATE',
    object: { group, version, resource, subresource: '', kind, namespace, name },
    managedBy: { tool: application.kind === 'Application' ? 'argocd' : 'flux', app: name },
    source: {
      repository,
      revision: objectId,
      path: '',
      inlineManifests: false,
      commits: [
        {
          status: 'rejected',
          repository,
          objectId,
          ...(rule !== undefined && { rule }),
          code,
          signers: [],
        },
      ],
    },
    code: TRUST_LOST_CODE,
    message: `${formatApplication(application)} has deployed commit ${objectId.slice(0, SHOWN_DIGITS)} of ${repository}, which was verified and is not trusted any more (${code}). ${reason}.\nFind out what the commit changed, and deploy one that is trusted; what is deployed was left as it is.`,
    policies: [
      { policy: 'signed_commits', mode: 'warn', status: 'warned', codes: [TRUST_LOST_CODE] },
    ],
    mode: 'warn',
  };
}
