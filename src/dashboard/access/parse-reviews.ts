/** Parses what the API server answers to a TokenReview and to a SubjectAccessReview. */
import { z } from 'zod';
import type { TokenVerdict } from './viewer.ts';

const texts = z.array(z.string()).readonly();

/** Source: authentication.k8s.io/v1, TokenReviewStatus. */
const tokenReviewSchema = z.looseObject({
  status: z.looseObject({
    authenticated: z.boolean().optional(),
    user: z
      .looseObject({
        username: z.string().min(1),
        uid: z.string().optional(),
        groups: texts.nullish(),
        extra: z.record(z.string(), texts).nullish(),
      })
      .optional(),
  }),
});

/** Source: authorization.k8s.io/v1, SubjectAccessReviewStatus. */
const accessReviewSchema = z.looseObject({
  status: z.looseObject({ allowed: z.boolean(), denied: z.boolean().optional() }),
});

/** Whose token it is. */
export function parseTokenReview(body: unknown): TokenVerdict {
  const parsed = tokenReviewSchema.safeParse(body);
  if (!parsed.success) {
    return { status: 'unavailable', reason: 'The API server answered with no TokenReview' };
  }
  const { authenticated = false, user } = parsed.data.status;
  if (!authenticated || user === undefined) return { status: 'rejected' };
  const { username, uid, groups, extra } = user;
  return {
    status: 'accepted',
    viewer: { username, ...(uid && { uid }), groups: groups ?? [], extra: extra ?? {} },
  };
}

/** What is not allowed in so many words is not allowed. */
export function parseAccessReview(body: unknown): 'allowed' | 'denied' | 'unavailable' {
  const parsed = accessReviewSchema.safeParse(body);
  if (!parsed.success) return 'unavailable';
  const { allowed, denied = false } = parsed.data.status;
  return allowed && !denied ? 'allowed' : 'denied';
}
