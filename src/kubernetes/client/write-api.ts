/** One bounded write to the API server: so many bytes, until a deadline, and every end of it a value. */
import type { WallMs } from '../../base/clock.ts';
import { parseRetryAfter } from '../../base/parse-retry-after.ts';
import type { BoundedAnswer } from '../../base/request-bounded.ts';
import { callApi, explainAnswer } from './call-api.ts';
import type { ApiCall, CallOptions } from './call-api.ts';
import type { ApiWriting, WriteOptions } from './cluster-client.ts';

export interface WriteTarget extends Pick<WriteOptions, 'method' | 'body' | 'contentType'> {
  readonly url: URL;
}

/** The API server refuses what is larger than this before it looks at it. Source: etcd's request limit of 1.5 MiB. */
const REQUEST_BYTES_MAX = 1_572_864;
/** The answer repeats the object, with fields of the server's own. */
const ANSWER_BYTES_MAX = 2 * REQUEST_BYTES_MAX;

/** Answers after which the same write would be answered the same. */
const FINAL: ReadonlySet<number> = new Set([400, 401, 403, 405, 406, 413, 415, 422]);

/** Writes JSON to the API server, once. Never rejects, and never answers later than the deadline. */
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
  if (httpStatus === 200 || httpStatus === 201) return parse(text);
  if (httpStatus === 404) return { status: 'absent' };
  const reason = explainAnswer(call, httpStatus, text);
  if (httpStatus === 409) return { status: 'conflict', reason };
  if (FINAL.has(httpStatus)) return { status: 'refused', reason, httpStatus };
  const retryAfterMs = parseRetryAfter(headers['retry-after'], nowMs);
  return { status: 'unavailable', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function parse(text: string): ApiWriting {
  try {
    const body: unknown = JSON.parse(text);
    return { status: 'written', body };
  } catch {
    const reason = 'The API server answered with something other than JSON';
    return { status: 'unavailable', reason };
  }
}
