/** The port of a notification service. */
import type { Message } from './incident.ts';

/**
 * The result of one message.
 * - `accepted`: the service has accepted it
 * - `refused`: the service permanently rejects it; it becomes a dead letter
 * - `retry`: it is sent again; `answered` says whether the service responded at all
 */
export type SendOutcome =
  | { readonly status: 'accepted' }
  | { readonly status: 'refused'; readonly reason: string }
  | {
      readonly status: 'retry';
      readonly reason: string;
      readonly answered: boolean;
      readonly retryAfterMs?: number | undefined;
    };

export interface AlertTarget {
  readonly name: string;
  /** Whether it accepts change events. */
  readonly takesChanges: boolean;
  /** How often an open incident is sent again; absent if the service keeps incidents open itself. */
  readonly repeatMs?: number | undefined;
  readonly triggersPerMinuteMax: number;
  readonly changesPerMinuteMax: number;
  readonly outboxMax: number;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** Never rejects, and ends soon after the signal. */
  readonly send: (
    message: Pick<Message, 'kind' | 'key' | 'notice'>,
    signal: AbortSignal,
  ) => Promise<SendOutcome>;
  readonly close: () => void;
}

/** Posts JSON to one configured URL: bounded, without redirects, and with secrets redacted in the result. */
export type PostJson = (
  request: {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** The secrets to redact in an excerpt. */
    readonly secrets?: readonly string[];
  },
  signal: AbortSignal,
) => Promise<PostAnswer>;

export type PostAnswer =
  | {
      readonly status: 'answered';
      readonly httpStatus: number;
      readonly retryAfterMs: number | undefined;
      readonly text: string;
      /** The beginning of the text, without our secrets. */
      readonly excerpt: string;
    }
  | { readonly status: 'unanswered'; readonly reason: string };

/** The message itself is faulty: it is never sent again. */
const FAULTY_MESSAGE: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * A message counts as rejected only if the message itself is at fault. Any other response (429, 5xx, an unknown path, a
 * login page) is temporary or a configuration error and is retried, so that nothing is lost. No redirect is followed.
 */
export function classifyPostAnswer(answer: PostAnswer, acceptedStatus: number): SendOutcome {
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
