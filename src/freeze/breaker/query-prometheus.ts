/** Asks Prometheus for one number. */
import { requestBounded } from '../../base/request-bounded.ts';
import { readTlsFiles } from '../../base/tls-files.ts';
import { readSecret } from '../../settings/secret.ts';
import { SECRET_LIMITS } from '../../settings/secret-reference.ts';
import { parseQueryAnswer } from './parse-query-answer.ts';
import type { BreakerSample } from './plan-breaker.ts';
import { BREAKER_LIMITS, type PrometheusSettings } from './settings.ts';

const ANSWER_BYTES_MAX = BREAKER_LIMITS['breaker.answerBytesMax'].default;
const TLS_BYTES_MAX = SECRET_LIMITS['secret.bytesMax'].default;

export interface QueryOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** One request: by POST, as a query may be longer than an address. Never rejects. */
export async function queryPrometheus(
  { url, token, tls, timeoutMs }: PrometheusSettings,
  query: string,
  { environment, signal }: QueryOptions,
): Promise<BreakerSample> {
  const secret = token && (await readSecret(token, environment));
  if (secret?.ok === false) return { status: 'lost', reason: secret.reason };
  const material = await readTlsFiles(tls, TLS_BYTES_MAX);
  if (!material.ok) return { status: 'lost', reason: material.reason };
  const answer = await requestBounded({
    url: new URL('api/v1/query', url.endsWith('/') ? url : `${url}/`),
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(secret && { authorization: `Bearer ${secret.secret}` }),
    },
    body: new URLSearchParams({ query, timeout: `${String(timeoutMs)}ms` }).toString(),
    timeoutMs,
    answerBytesMax: ANSWER_BYTES_MAX,
    authentication: material.material,
    signal,
  });
  // What is wrong with a query stands in an answer of 400 or 422.
  return answer.status === 'answered'
    ? parseQueryAnswer(answer.text)
    : { status: 'lost', reason: answer.reason };
}
