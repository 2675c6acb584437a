/**
 * Signs requests to AWS (Signature Version 4), as far as we need it: no query, and all of the body.
 *
 * Source: AWS General Reference, "Create a signed AWS API request".
 */
import { createHash, createHmac } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials for a session. */
  readonly sessionToken?: string | undefined;
}

export interface UnsignedRequest {
  readonly method: 'POST';
  readonly host: string;
  /** Without the host. All are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SigningScope {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly service: string;
  /** AWS refuses what is more than five minutes off. */
  readonly wallMs: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** `2026-01-05T12:00:00.000Z` without its separators and its fraction. */
const NOT_BASIC_FORMAT = /[-:]|\.\d{3}/gu;
/** `YYYYMMDD`. */
const DAY_LENGTH = 8;

/** The headers to send: those of the request, and who signed it when. */
export function formatSignedHeaders(
  { method, host, headers, body }: UnsignedRequest,
  { credentials, region, service, wallMs }: SigningScope,
): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const time = new Date(wallMs).toISOString().replaceAll(NOT_BASIC_FORMAT, '');
  const day = time.slice(0, DAY_LENGTH);
  const own = {
    ...headers,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const canonical = Object.entries({ ...own, host })
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const names = canonical.map(([name]) => name).join(';');
  const lines = canonical.map(([name, value]) => `${name}:${value}\n`).join('');
  const request = [method, '/', '', lines, names, hash(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, time, scope, hash(request)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (parent, part) => hmac(parent, part),
    `AWS4${secretAccessKey}`,
  );
  const signature = hmac(key, text).toString('hex');
  const authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...own, authorization };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
