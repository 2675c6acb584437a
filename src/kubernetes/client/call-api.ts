/** One bounded call of the API server: so many bytes, until a deadline, and every end of it a value. */
import type { RequestOptions } from 'node:https';
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import { errorText } from '../../base/error-details.ts';
import { requestBounded } from '../../base/request-bounded.ts';
import type { BoundedAnswer } from '../../base/request-bounded.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Of the answer. */
  readonly bodyBytesMax: number;
}

export interface CallOptions {
  readonly clock: Clock;
  readonly deadlineAtMs: MonotonicMs;
  /** Adds credentials and trust. */
  readonly authenticate: (options: RequestOptions) => Promise<RequestOptions>;
}

/** What is not JSON is a page of a proxy: its beginning says which. */
const ERROR_TEXT_CHARS_MAX = 200;

/** Calls the API server. Never rejects, and never answers later than the deadline. */
export async function callApi(call: ApiCall, options: CallOptions): Promise<BoundedAnswer> {
  const waitMs = options.deadlineAtMs - options.clock.monotonicMs();
  if (waitMs <= 0) return timedOut(call);
  const abort = new AbortController();
  const { promise: expired, resolve } = Promise.withResolvers<BoundedAnswer>();
  const timer = setTimeout(() => {
    resolve(timedOut(call));
    abort.abort();
  }, waitMs);
  // A race, because a kubeconfig may authenticate by a program that takes its time and knows no signal.
  const answer = await Promise.race([
    authenticateAndSend(call, options, { signal: abort.signal, waitMs }),
    expired,
  ]);
  clearTimeout(timer);
  return answer;
}

/** Says what was asked and how it was answered, with the beginning of the answer's text. */
export function explainAnswer({ method, url }: ApiCall, status: number, text: string): string {
  const asked = `The API server answered ${String(status)} to ${method} ${url.pathname}`;
  return `${asked}: ${text.slice(0, ERROR_TEXT_CHARS_MAX)}`;
}

async function authenticateAndSend(
  { method, url, headers, body, bodyBytesMax }: ApiCall,
  { authenticate }: CallOptions,
  { signal, waitMs }: { readonly signal: AbortSignal; readonly waitMs: number },
): Promise<BoundedAnswer> {
  let authentication: RequestOptions;
  try {
    authentication = await authenticate({ method, headers: { ...headers } });
  } catch (error) {
    return { status: 'failed', reason: errorText(error) };
  }
  return requestBounded({
    url,
    method,
    headers,
    body,
    authentication,
    signal,
    timeoutMs: Math.ceil(waitMs),
    answerBytesMax: bodyBytesMax,
  });
}

function timedOut({ method, url }: ApiCall): BoundedAnswer {
  return {
    status: 'timed-out',
    reason: `${method} ${url.pathname} had no answer before its deadline`,
  };
}
