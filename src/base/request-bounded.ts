/** The HTTP client: one request, limited in time and bytes. It follows no redirect, and every failure is a value. */
import { request as requestPlain } from 'node:http';
import type {
  Agent as PlainAgent,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
} from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Agent, RequestOptions } from 'node:https';
import { errorCode } from './error-details.ts';
import { collectBounded } from './read-bounded.ts';

export interface BoundedRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** From the call to the last byte of the response. */
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
  /**
   * A longer response is not read and its text is empty, for callers that need only the status. Absent: it is
   * a failure.
   */
  readonly leavesExcess?: boolean | undefined;
  /** Holds connections and trusted CAs. Absent: one connection, and the platform's CAs. */
  readonly agent?: Agent | PlainAgent | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Credentials and trust, as `node:https` takes them; headers among them replace `headers`. */
  readonly authentication?: RequestOptions | undefined;
}

export type BoundedAnswer =
  | {
      readonly status: 'answered';
      readonly httpStatus: number;
      readonly headers: IncomingHttpHeaders;
      /** As they were received, without any content encoding undone. */
      readonly bytes: Uint8Array;
      /** The same as UTF-8. */
      readonly text: string;
    }
  | { readonly status: 'timed-out'; readonly reason: string }
  | {
      readonly status: 'failed';
      /** Contains no address, path or header: each of them may be a secret. */
      readonly reason: string;
    };

/** Sends the request. Never rejects; resolves within the time-out. */
export async function requestBounded(asked: BoundedRequest): Promise<BoundedAnswer> {
  const timeout = AbortSignal.timeout(asked.timeoutMs);
  const signal = asked.signal === undefined ? timeout : AbortSignal.any([timeout, asked.signal]);
  try {
    return await attempt(asked, { signal, mayRepeat: true });
  } catch (error) {
    if (asked.signal?.aborted === true) return failed('The request was given up by its sender');
    if (timeout.aborted) {
      return { status: 'timed-out', reason: `There was no answer within ${asked.timeoutMs} ms` };
    }
    return failed(describe(error));
  }
}

interface Attempt {
  readonly signal: AbortSignal;
  readonly mayRepeat: boolean;
}

async function attempt(
  asked: BoundedRequest,
  { signal, mayRepeat }: Attempt,
): Promise<BoundedAnswer> {
  const { outgoing, answer } = open(asked, signal);
  let response: IncomingMessage;
  try {
    response = await answer;
  } catch (error) {
    // The server closed an idle keep-alive connection while we sent the request. The server has not read it,
    // so it can be repeated.
    const wasKept = outgoing.reusedSocket && errorCode(error) === 'ECONNRESET';
    if (wasKept && mayRepeat) return attempt(asked, { signal, mayRepeat: false });
    throw error;
  }
  const { statusCode = 0, headers } = response;
  const body = await collectBounded(response, asked.answerBytesMax);
  if (!body.ok) {
    response.destroy();
    if (asked.leavesExcess === true) {
      return { status: 'answered', httpStatus: statusCode, headers, ...decoded(EMPTY) };
    }
    return failed(`The answer cannot be used: ${body.reason}`);
  }
  return { status: 'answered', httpStatus: statusCode, headers, ...decoded(body.bytes) };
}

const EMPTY = new Uint8Array(0);

function decoded(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly text: string } {
  return { bytes, text: Buffer.from(bytes).toString('utf8') };
}

function open(
  asked: BoundedRequest,
  signal: AbortSignal,
): { readonly outgoing: ClientRequest; readonly answer: Promise<IncomingMessage> } {
  const { url, method, agent } = asked;
  // Encoded once: for its length and for the socket.
  const body = typeof asked.body === 'string' ? Buffer.from(asked.body) : asked.body;
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const headers = { ...asked.headers, ...length };
  const options: RequestOptions = { headers, ...asked.authentication, method, signal };
  if (agent !== undefined) options.agent = agent;
  const outgoing = (url.protocol === 'https:' ? requestSecure : requestPlain)(url, options);
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
  });
  outgoing.end(body);
  return { outgoing, answer };
}

function failed(reason: string): BoundedAnswer {
  return { status: 'failed', reason };
}

/** The code alone: messages of the platform contain addresses, and those of parsers contain input. */
function describe(error: unknown): string {
  const code = errorCode(error);
  switch (code) {
    case 'ECONNREFUSED':
      return 'The connection was refused';
    case 'ECONNRESET':
      return 'The connection was cut off';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'The host name has no address';
    case undefined:
      return 'The request failed';
    default:
      return `The request failed with ${code}`;
  }
}
