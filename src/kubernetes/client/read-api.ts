/** One bounded GET: so many bytes, until a deadline, and every end of it a value. */
import { callApi, explainAnswer } from './call-api.ts';
import type { ApiCall, CallOptions } from './call-api.ts';
import type { ApiReading, LookupFailureCode } from './cluster-client.ts';

export interface ReadTarget {
  readonly url: URL;
  readonly accept: string;
  readonly bodyBytesMax: number;
}

/** Reads JSON from the API server. Never rejects, and never answers later than the deadline. */
export async function readApi(target: ReadTarget, options: CallOptions): Promise<ApiReading> {
  const { url, accept, bodyBytesMax } = target;
  const call: ApiCall = { method: 'GET', url, headers: { accept }, bodyBytesMax };
  const answer = await callApi(call, options);
  if (answer.status === 'timed-out') return unavailable('lookup_timed_out', answer.reason);
  if (answer.status === 'failed') return unavailable('lookup_failed', answer.reason);
  const { httpStatus, text } = answer;
  if (httpStatus === 200) return parse(text);
  if (httpStatus === 404) return { status: 'absent' };
  return unavailable(codeOf(httpStatus), explainAnswer(call, httpStatus, text));
}

function parse(text: string): ApiReading {
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

function unavailable(code: LookupFailureCode, reason: string): ApiReading {
  return { status: 'unavailable', code, reason };
}
