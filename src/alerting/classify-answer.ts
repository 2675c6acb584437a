/** What an answer to a message means, for services that speak HTTP. */
import type { PostAnswer, SendOutcome } from './alert-target.ts';

/** The message itself is faulty, and stays so: it is never sent again. */
const FAULTY_MESSAGE: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * A message is refused only for what it is. Any other answer is about us or about the moment (429, 5xx, an unknown path,
 * a login page): somebody mends it, and nothing was lost meanwhile. No redirect is followed.
 */
export function classifyAnswer(answer: PostAnswer, acceptedStatus: number): SendOutcome {
  if (answer.status === 'unanswered') {
    return { status: 'retry', reason: answer.reason, answered: false };
  }
  const { httpStatus, excerpt, retryAfterMs } = answer;
  if (httpStatus === acceptedStatus) return { status: 'accepted' };
  const said = excerpt === '' ? '' : `: ${excerpt}`;
  const reason = `The service answered ${httpStatus}${said}`;
  if (FAULTY_MESSAGE.has(httpStatus)) return { status: 'refused', reason };
  return { status: 'retry', reason, answered: true, retryAfterMs };
}
