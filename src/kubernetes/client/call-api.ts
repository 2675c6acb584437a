/** Calls to the API server, each limited in bytes and time. Every failure is a value: nothing here rejects. */
import type { RequestOptions } from 'node:https';
import type { Clock, MonotonicMs, WallMs } from '../../base/clock.ts';
import { errorText } from '../../base/error-details.ts';
import type { Unavailable } from '../../base/known.ts';
import { parseRetryAfter } from '../../base/parse-retry-after.ts';
import { requestBounded } from '../../base/request-bounded.ts';
import type { BoundedAnswer } from '../../base/request-bounded.ts';
import type { Authentication } from './authentication.ts';
import type {
  ApiReading,
  ApiWriting,
  LookupFailureCode,
  TextReading,
  WriteOptions,
} from './cluster-client.ts';

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
  readonly authenticate: Authentication['apply'];
}

/** A response that is not JSON is usually a proxy's error page: its beginning identifies the proxy. */
const ERROR_TEXT_CHARS_MAX = 200;

/** Calls the API server. Never rejects; resolves by the deadline. */
export async function callApi(call: ApiCall, options: CallOptions): Promise<BoundedAnswer> {
  const waitMs = options.deadlineAtMs - options.clock.monotonicMs();
  if (waitMs <= 0) return timedOut(call);
  const abort = new AbortController();
  const { promise: expired, resolve } = Promise.withResolvers<BoundedAnswer>();
  const timer = setTimeout(() => {
    resolve(timedOut(call));
    abort.abort();
  }, waitMs);
  // A race, because a kubeconfig may authenticate with an exec plugin, which can be slow and cannot be
  // aborted.
  const answer = await Promise.race([
    authenticateAndSend(call, options, { signal: abort.signal, waitMs }),
    expired,
  ]);
  clearTimeout(timer);
  return answer;
}

/** Describes the request and the response, with the beginning of the response's text. */
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

export interface ReadTarget {
  readonly url: URL;
  readonly accept: string;
  readonly bodyBytesMax: number;
}

/** Reads JSON from the API server. Never rejects; resolves by the deadline. */
export async function readApi(target: ReadTarget, options: CallOptions): Promise<ApiReading> {
  const { url, accept, bodyBytesMax } = target;
  const call: ApiCall = { method: 'GET', url, headers: { accept }, bodyBytesMax };
  const answer = await callApi(call, options);
  if (answer.status === 'timed-out') return unavailable('lookup_timed_out', answer.reason);
  if (answer.status === 'failed') return unavailable('lookup_failed', answer.reason);
  const { httpStatus, text } = answer;
  if (httpStatus === 200) return parseReading(text);
  if (httpStatus === 404) return { status: 'absent' };
  return unavailable(codeOf(httpStatus), explainAnswer(call, httpStatus, text));
}

/** Reads text from the API server, or from a pod through it. Never rejects; resolves by the deadline. */
export async function readApiText(target: ReadTarget, options: CallOptions): Promise<TextReading> {
  const { url, accept, bodyBytesMax } = target;
  const call: ApiCall = { method: 'GET', url, headers: { accept }, bodyBytesMax };
  const answer = await callApi(call, options);
  if (answer.status === 'timed-out') return unavailable('lookup_timed_out', answer.reason);
  if (answer.status === 'failed') return unavailable('lookup_failed', answer.reason);
  const { httpStatus, headers, text } = answer;
  if (httpStatus === 404) return { status: 'absent' };
  if (httpStatus !== 200 && httpStatus !== 503) {
    return unavailable(codeOf(httpStatus), explainAnswer(call, httpStatus, text));
  }
  const servedAtMs = Date.parse(headers.date ?? '');
  return { status: 'read', text, servedAtMs: Number.isNaN(servedAtMs) ? undefined : servedAtMs };
}

function parseReading(text: string): ApiReading {
  try {
    const body: unknown = JSON.parse(text);
    return { status: 'read', body };
  } catch {
    return unavailable('lookup_failed', 'The API server answered with something other than JSON');
  }
}

function codeOf(httpStatus: number): LookupFailureCode {
  if (httpStatus === 401 || httpStatus === 403) return 'lookup_forbidden';
  return httpStatus === 429 ? 'lookup_overloaded' : 'lookup_failed';
}

function unavailable(code: LookupFailureCode, reason: string): Unavailable<LookupFailureCode> {
  return { status: 'unavailable', code, reason };
}

export interface WriteTarget extends Pick<WriteOptions, 'method' | 'body' | 'contentType'> {
  readonly url: URL;
}

/** The API server refuses larger bodies unread. Source: etcd's request limit of 1.5 MiB. */
const REQUEST_BYTES_MAX = 1_572_864;
/** The response repeats the object and adds fields of the server. */
const ANSWER_BYTES_MAX = 2 * REQUEST_BYTES_MAX;

/** Status codes after which a retry of the same write cannot succeed. */
const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 405, 406, 413, 415, 422]);

/** Writes JSON to the API server, without retries. Never rejects; resolves by the deadline. */
export async function writeApi(target: WriteTarget, options: CallOptions): Promise<ApiWriting> {
  const { method, url, contentType = 'application/json' } = target;
  const body = JSON.stringify(target.body);
  if (Buffer.byteLength(body) > REQUEST_BYTES_MAX) {
    return { status: 'refused', reason: `The object is larger than ${REQUEST_BYTES_MAX} bytes` };
  }
  const headers = {
    accept: 'application/json',
    'content-type': contentType,
    'content-length': String(Buffer.byteLength(body)),
  };
  const call: ApiCall = { method, url, headers, body, bodyBytesMax: ANSWER_BYTES_MAX };
  const answer = await callApi(call, options);
  return answer.status === 'answered'
    ? interpret(call, answer, options.clock.wallMs())
    : { status: 'unavailable', reason: answer.reason };
}

type Answered = Extract<BoundedAnswer, { status: 'answered' }>;

function interpret(
  call: ApiCall,
  { httpStatus, headers, text }: Answered,
  nowMs: WallMs,
): ApiWriting {
  if (httpStatus === 200 || httpStatus === 201) return parseWriting(text, headers['warning']);
  if (httpStatus === 404) return { status: 'absent' };
  const reason = explainAnswer(call, httpStatus, text);
  if (httpStatus === 409) return { status: 'conflict', reason };
  if (FINAL.has(httpStatus)) return { status: 'refused', reason, httpStatus };
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs);
  return { status: 'unavailable', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function parseWriting(text: string, warning: unknown): ApiWriting {
  try {
    const body: unknown = JSON.parse(text);
    return { status: 'written', body, ...(typeof warning === 'string' && { warning }) };
  } catch {
    const reason = 'The API server answered with something other than JSON';
    return { status: 'unavailable', reason };
  }
}
