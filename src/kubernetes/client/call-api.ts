/** One bounded call of the API server: so many bytes, until a deadline, and every end of it a value. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { Clock } from '../../base/clock.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Of the answer. */
  readonly bodyBytesMax: number;
}

export interface CallMeans {
  readonly clock: Clock;
  readonly deadlineAtMs: number;
  /** Adds credentials and trust. */
  readonly authenticate: (options: RequestOptions) => Promise<RequestOptions>;
}

export type ApiAnswer =
  | {
      readonly status: 'answered';
      readonly httpStatus: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
    }
  | { readonly status: 'timed-out'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

const ERROR_TEXT_CHARS_MAX = 200;

/** Calls the API server. Never rejects, and never answers later than the deadline. */
export async function callApi(call: ApiCall, means: CallMeans): Promise<ApiAnswer> {
  const waitMs = means.deadlineAtMs - means.clock.nowMs();
  if (waitMs <= 0) return timedOut(call);
  const abort = new AbortController();
  const expired = new Promise<ApiAnswer>((resolve) => {
    abort.signal.addEventListener('abort', () => {
      resolve(timedOut(call));
    });
  });
  const timer = setTimeout(() => {
    abort.abort();
  }, waitMs);
  // A race, because a kubeconfig may authenticate by a program that takes its time and knows no signal.
  const answer = await Promise.race([attempt(call, means, abort.signal), expired]);
  clearTimeout(timer);
  return answer;
}

/** Says what was asked and how it was answered, with the beginning of the answer's text. */
export function explainAnswer({ method, url }: ApiCall, status: number, text: string): string {
  const asked = `The API server answered ${String(status)} to ${method} ${url.pathname}`;
  return `${asked}: ${text.slice(0, ERROR_TEXT_CHARS_MAX)}`;
}

async function attempt(
  call: ApiCall,
  { authenticate }: CallMeans,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  try {
    const plain = { method: call.method, headers: { ...call.headers } };
    return await send(call, { ...(await authenticate(plain)), signal });
  } catch (error) {
    return { status: 'failed', reason: describe(error) };
  }
}

function send(call: ApiCall, options: RequestOptions): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(call.url, options, (response) => {
      collect(response, call.bodyBytesMax).then((text) => {
        const { statusCode = 0, headers } = response;
        resolve({ status: 'answered', httpStatus: statusCode, headers, text });
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end(call.body);
  });
}

async function collect(response: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.iterator()) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > bytesMax) {
      response.destroy();
      throw new RangeError(`The answer is larger than ${String(bytesMax)} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function timedOut({ method, url }: ApiCall): ApiAnswer {
  return {
    status: 'timed-out',
    reason: `${method} ${url.pathname} had no answer before its deadline`,
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
