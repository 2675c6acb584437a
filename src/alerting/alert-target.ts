/** The port behind which services stand that tell people: what the engine needs of one, and nothing else. */
import type { Message } from './incident.ts';

/**
 * What came of one message.
 * - `accepted`: the service has it
 * - `refused`: the service will never take it; it becomes a dead letter
 * - `retry`: it is sent again; `answered` says whether the service spoke at all
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
  /** Whether it takes change events. */
  readonly takesChanges: boolean;
  /** How often an open incident is sent again; absent where the service remembers by itself. */
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

/** Posts JSON to one configured place: bounded, never redirected, and with nothing secret in what comes back. */
export type PostJson = (
  request: {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    /** What must not be repeated in an excerpt. */
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

/** The message itself is faulty, and stays so: it is never sent again. */
const FAULTY_MESSAGE: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * A message is refused only for what it is. Any other answer is about us or about the moment (429, 5xx, an unknown path,
 * a login page): somebody mends it, and nothing was lost meanwhile. No redirect is followed.
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
