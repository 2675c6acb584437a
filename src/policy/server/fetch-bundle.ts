/** Asks a server for a bundle. Source: the bundle API of Open Policy Agent; RFC 9110 for ETag and Retry-After. */
import type { Clock } from '../../base/clock.ts';
import { parseRetryAfter } from '../../base/parse-retry-after.ts';
import { requestBounded, type BoundedAnswer } from '../../base/request-bounded.ts';
import { readTlsFiles } from '../../base/tls-files.ts';
import { readSecret } from '../../settings/secret.ts';
import type { BundleFetch } from '../bundle/bundle-downloader.ts';
import { BUNDLE_LIMITS } from '../bundle/settings.ts';
import type { BundleServerSettings } from './settings.ts';

const ARCHIVE_BYTES_MAX = BUNDLE_LIMITS['bundle.archiveBytesMax'].default;
const TLS_BYTES_MAX = BUNDLE_LIMITS['bundle.keyFileBytesMax'].default;
/** A longer tag is not sent back: it is a text of the server, in every request of ours. */
const ETAG_CHARS_MAX = 1024;

const OK = 200;
const NOT_MODIFIED = 304;

export interface BundleFetchOptions {
  /** Of the bundle that is there already. */
  readonly etag: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly signal?: AbortSignal | undefined;
}

/** One request. Never rejects. */
export async function fetchBundle(
  { url, token, tls, timeoutMs }: BundleServerSettings,
  { etag, environment, clock, signal }: BundleFetchOptions,
): Promise<BundleFetch> {
  const secret = token && (await readSecret(token, environment));
  if (secret?.ok === false) return failed(secret.reason);
  const material = await readTlsFiles(tls, TLS_BYTES_MAX);
  if (!material.ok) return failed(material.reason);
  const answer = await requestBounded({
    url: new URL(url),
    method: 'GET',
    headers: {
      accept: 'application/gzip, application/vnd.openpolicyagent.bundles, */*',
      // OPA's servers wait with their answer for a client that would rather wait; we ask again.
      prefer: 'modes=snapshot',
      ...(etag !== undefined && { 'if-none-match': etag }),
      ...(secret && { authorization: `Bearer ${secret.secret}` }),
    },
    timeoutMs,
    answerBytesMax: ARCHIVE_BYTES_MAX,
    authentication: material.material,
    signal,
  });
  return classifyAnswer(answer, clock);
}

function classifyAnswer(answer: BoundedAnswer, clock: Pick<Clock, 'wallMs'>): BundleFetch {
  if (answer.status !== 'answered') return failed(answer.reason);
  const { httpStatus, headers, bytes } = answer;
  if (httpStatus === NOT_MODIFIED) return { status: 'unchanged' };
  if (httpStatus !== OK) {
    const retryAfterMs = parseRetryAfter(headers['retry-after'], clock.wallMs());
    return {
      status: 'failed',
      reason: `The server answered with status ${httpStatus}`,
      retryAfterMs,
    };
  }
  const { etag } = headers;
  const isUsable = etag !== undefined && etag.length <= ETAG_CHARS_MAX;
  return { status: 'read', bytes, etag: isUsable ? etag : undefined };
}

function failed(reason: string): BundleFetch {
  return { status: 'failed', reason };
}
