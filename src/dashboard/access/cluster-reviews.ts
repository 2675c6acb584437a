/** Asks the API server whose token it is, and what its owner may see. */
import { addMs, type Clock } from '../../base/clock.ts';
import type { ClusterWriter } from '../../kubernetes/client/cluster-client.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import { DASHBOARD_LIMITS } from '../settings.ts';
import { parseAccessReview, parseTokenReview } from './parse-reviews.ts';
import type { ReviewAccess, ReviewToken } from './viewer.ts';

const TIMEOUT_MS = DASHBOARD_LIMITS['dashboard.accessTimeoutMs'].default;

/** What a Role must name for records to be shown. */
export const DECISIONS = { group: 'holdfast.dev', resource: 'decisions', verb: 'get' } as const;

export interface ReviewDependencies {
  /** A review is a POST that stores nothing. */
  readonly client: ClusterWriter;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** By TokenReview, for the audience of the API server: a token that was made for somebody else is not accepted. */
export function createTokenReview({ client, clock }: ReviewDependencies): ReviewToken {
  return async (token) => {
    const written = await client.write('/apis/authentication.k8s.io/v1/tokenreviews', {
      method: 'POST',
      deadlineAtMs: addMs(clock.monotonicMs(), TIMEOUT_MS),
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
    });
    if (written.status === 'written') return parseTokenReview(written.body);
    // Never the text of the answer: it may repeat the token.
    return {
      status: 'unavailable',
      reason:
        written.status === 'refused' && written.httpStatus === 403
          ? 'The account of Holdfast may not create tokenreviews: the chart grants it where it has configuration.dashboard'
          : 'The API server does not say whose token it is',
    };
  };
}

/** By SubjectAccessReview. */
export function createAccessReview({ client, clock, metrics }: ReviewDependencies): ReviewAccess {
  return async ({ username, uid, groups, extra }, namespace) => {
    const { group, resource, verb } = DECISIONS;
    const written = await client.write('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      method: 'POST',
      deadlineAtMs: addMs(clock.monotonicMs(), TIMEOUT_MS),
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: username,
          ...(uid !== undefined && { uid }),
          groups,
          extra,
          resourceAttributes: {
            group,
            resource,
            verb,
            ...(namespace !== undefined && { namespace }),
          },
        },
      },
    });
    const answer = written.status === 'written' ? parseAccessReview(written.body) : 'unavailable';
    metrics.increment('holdfast_dashboard_access_reviews_total', { result: answer });
    return answer;
  };
}
