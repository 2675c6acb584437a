/** Who the API server says that we are. */
import { z } from 'zod';
import { addMs, systemClock } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import type { ClusterWriter } from '../../kubernetes/client/cluster-client.ts';
import { ASK_MS_MAX } from '../connect-cluster.ts';

const PATH = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

const reviewBody = z.looseObject({
  status: z.looseObject({ userInfo: z.looseObject({ username: z.string().min(1) }) }),
});

/** As `kubectl auth whoami` does. Source: KEP-3325. Throws `lookup_failed` where it does not say. */
export async function askUsername(client: ClusterWriter): Promise<string> {
  const answer = await client.write(PATH, {
    method: 'POST',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    deadlineAtMs: addMs(systemClock.monotonicMs(), ASK_MS_MAX),
  });
  const parsed = reviewBody.safeParse(answer.status === 'written' ? answer.body : undefined);
  if (parsed.success) return parsed.data.status.userInfo.username;
  const reason = 'reason' in answer ? `: ${answer.reason}` : '';
  throw new HoldfastError('lookup_failed', `The API server does not say who asks${reason}`);
}
