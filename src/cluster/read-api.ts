/** One bounded GET: so many bytes, until a deadline, and every end of it a value. */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { Clock } from '../base/clock.ts';
import type { ApiReading, LookupFailureCode } from './cluster-client.ts';

export interface ReadTarget {
  readonly url: URL;
  readonly accept: string;
  readonly bodyBytesMax: number;
}

export interface ReadMeans {
  readonly clock: Clock;
  readonly deadlineAtMs: number;
  /** Adds credentials and trust. */
  readonly authenticate: (options: RequestOptions) => Promise<RequestOptions>;
}

const ERROR_TEXT_CHARS_MAX = 200;

/** Reads JSON from the API server. Never rejects, and never answers later than the deadline. */
export async function readApi(target: ReadTarget, means: ReadMeans): Promise<ApiReading> {
  const waitMs = means.deadlineAtMs - means.clock.nowMs();
  if (waitMs <= 0) return timedOut(target);
  const abort = new AbortController();
  const expired = new Promise<ApiReading>((resolve) => {
    abort.signal.addEventListener('abort', () => {
      resolve(timedOut(target));
    });
  });
  const timer = setTimeout(() => {
    abort.abort();
  }, waitMs);
  // A race, because a kubeconfig may authenticate by a program that takes its time and knows no signal.
  const reading = await Promise.race([attempt(target, means, abort.signal), expired]);
  clearTimeout(timer);
  return reading;
}

async function attempt(
  target: ReadTarget,
  { authenticate }: ReadMeans,
  signal: AbortSignal,
): Promise<ApiReading> {
  try {
    const plain = { method: 'GET', headers: { accept: target.accept } };
    return await send(target, { ...(await authenticate(plain)), signal });
  } catch (error) {
    return unavailable('lookup_failed', describe(error));
  }
}

function send(target: ReadTarget, options: RequestOptions): Promise<ApiReading> {
  return new Promise((resolve, reject) => {
    const outgoing = request(target.url, options, (response) => {
      collect(response, target.bodyBytesMax).then((text) => {
        resolve(interpret(target, response.statusCode ?? 0, text));
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
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

function interpret(target: ReadTarget, status: number, text: string): ApiReading {
  if (status === 200) return parse(text);
  if (status === 404) return { status: 'absent' };
  const asked = `The API server answered ${String(status)} to GET ${target.url.pathname}`;
  const reason = `${asked}: ${text.slice(0, ERROR_TEXT_CHARS_MAX)}`;
  if (status === 401 || status === 403) return unavailable('lookup_forbidden', reason);
  if (status === 429) return unavailable('lookup_overloaded', reason);
  return unavailable('lookup_failed', reason);
}

function parse(text: string): ApiReading {
  try {
    const body: unknown = JSON.parse(text);
    return { status: 'read', body };
  } catch {
    return unavailable('lookup_failed', 'The API server answered with something other than JSON');
  }
}

function timedOut({ url }: ReadTarget): ApiReading {
  const reason = `GET ${url.pathname} had no answer before its deadline`;
  return unavailable('lookup_timed_out', reason);
}

function unavailable(code: LookupFailureCode, reason: string): ApiReading {
  return { status: 'unavailable', code, reason };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
