/** The review that a case stands for, as the API server would send it. */
import { isManifest, planReview } from '../../compose/evaluate/plan-review.ts';
import { planUser } from '../../compose/evaluate/plan-user.ts';
import type { ReviewCase } from './review-case-schema.ts';

export type FormattedReview =
  { readonly ok: true; readonly review: object } | { readonly ok: false; readonly reason: string };

/** `uid` names the request. */
export function formatReview(given: ReviewCase, uid: string): FormattedReview {
  if (given.review !== undefined) return { ok: true, review: given.review };
  const { object, oldObject, as: username = 'developer', groups = [], proof } = given;
  const subject = object ?? oldObject;
  if (!isManifest(subject)) {
    const reason = 'a case needs a review, or an object or oldObject with apiVersion and kind';
    return { ok: false, reason };
  }
  const planned = planUser({ username, groups, extra: [], proof });
  if (!planned.ok) return { ok: false, reason: `${planned.option}: ${planned.reason}` };
  const stored = isManifest(oldObject) ? [oldObject] : [];
  const operation = given.operation ?? (object === undefined ? 'DELETE' : undefined);
  const made = planReview(subject, { uid, user: planned.user, operation, stored });
  if (!made.ok) return { ok: false, reason: made.reason };
  const { userInfo = planned.user, request = {} } = given;
  return {
    ok: true,
    review: { ...made.review, request: { ...made.review.request, userInfo, ...request } },
  };
}
