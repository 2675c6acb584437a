/**
 * Removes secrets from a recorded review and keeps its structure: recordings are stored, shared and read by tests.
 *
 * Within one review, equal secrets get the same placeholder and different ones different placeholders, so that a diff
 * of old and new object finds the same paths. A placeholder is about as long as the secret.
 */
import { isRecord } from '../base/is-record.ts';
import { CREDENTIAL_ID_KEY } from '../identity/credentials/parse-credential.ts';

/** Deeper than any Kubernetes object: deeper nesting is an attack on the parser. */
const DEPTH_MAX = 100;
/** Lengths are given as a class only: an exact length helps to guess a password. */
const LENGTH_CLASSES = [16, 64, 256, 1024, 4096];

/** Three base64url parts, the first a JSON object: RFC 7519 section 3. */
const JSON_WEB_TOKEN = /eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/gu;
/** RFC 6750 section 2.1. */
const BEARER = /\b(Bearer\s+)([\w.~+/-]{8,}=*)/gu;
/** RFC 7468 section 10 and older PEM formats. */
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?-----END \1-----/gu;
/** A password in a URL: RFC 3986 section 3.2.1. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)([^\s@/]+)(?=@)/giu;
const PLACEHOLDER = /^(?:scrubbed-\d+-*|c2NydWJiZWQt[\w+/=]*)$/u;

/** Objects with fields that are always secret: kind → paths of the fields. */
const SECRET_FIELDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  TokenRequest: [['status', 'token']],
  TokenReview: [['spec', 'token']],
};

/** Returns a copy without secrets. Accepts any JSON value. */
export function scrubReview(review: unknown): unknown {
  return scrubValue(review, { placeholders: new Map() }, 0);
}

interface Scrubbing {
  /** Secret → its number in this review. */
  readonly placeholders: Map<string, number>;
}

function scrubValue(value: unknown, scrubbing: Scrubbing, depth: number): unknown {
  if (typeof value === 'string') return scrubText(value, scrubbing, depth);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return 'scrubbed: nested too deep';
  if (Array.isArray(value)) return value.map((item) => scrubValue(item, scrubbing, depth + 1));
  const scrubbed = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, scrubValue(item, scrubbing, depth + 1)]),
  );
  return maskFields(maskCredentialId(scrubbed, scrubbing), scrubbing);
}

/** Not a secret by itself: whoever may impersonate and knows it passes for the credential. */
function maskCredentialId(
  object: Record<string, unknown>,
  scrubbing: Scrubbing,
): Record<string, unknown> {
  const ids = object[CREDENTIAL_ID_KEY];
  if (!Array.isArray(ids)) return object;
  return { ...object, [CREDENTIAL_ID_KEY]: ids.map((id) => mask(textOf(id), scrubbing)) };
}

/** By kind: secrets that look like any other text. */
function maskFields(object: Record<string, unknown>, scrubbing: Scrubbing): unknown {
  const kind = String(object['kind']);
  if (kind === 'Secret') return maskSecret(object, scrubbing);
  return (SECRET_FIELDS[kind] ?? []).reduce<unknown>(
    (masked, path) => maskPath(masked, path, scrubbing),
    object,
  );
}

function maskSecret(object: Record<string, unknown>, scrubbing: Scrubbing): unknown {
  return {
    ...object,
    ...('data' in object ? { data: maskEntries(object['data'], scrubbing, 'base64') } : {}),
    ...('stringData' in object
      ? { stringData: maskEntries(object['stringData'], scrubbing, 'text') }
      : {}),
  };
}

type Encoding = 'text' | 'base64';

function maskEntries(entries: unknown, scrubbing: Scrubbing, encoding: Encoding): unknown {
  if (!isRecord(entries)) return entries === null ? null : mask(textOf(entries), scrubbing);
  return Object.fromEntries(
    Object.entries(entries).map(([key, value]) => [
      key,
      value === null ? null : mask(textOf(value), scrubbing, encoding),
    ]),
  );
}

function maskPath(value: unknown, path: readonly string[], scrubbing: Scrubbing): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return mask(textOf(value), scrubbing);
  if (!isRecord(value) || !(key in value)) return value;
  return { ...value, [key]: maskPath(value[key], rest, scrubbing) };
}

/** Text that holds JSON is scrubbed as JSON: `last-applied-configuration`, inline manifests. */
function scrubText(text: string, scrubbing: Scrubbing, depth: number): string {
  const embedded = parseEmbedded(text);
  if (embedded !== undefined) {
    const before = JSON.stringify(embedded);
    const after = JSON.stringify(scrubValue(embedded, scrubbing, depth + 1));
    if (before !== after) return text.endsWith('\n') ? `${after}\n` : after;
  }
  const maskAfter = (_: string, start: string, secret: string): string =>
    `${start}${mask(secret, scrubbing)}`;
  return text
    .replaceAll(PRIVATE_KEY, (found) => mask(found, scrubbing))
    .replaceAll(JSON_WEB_TOKEN, (found) => mask(found, scrubbing))
    .replaceAll(BEARER, maskAfter)
    .replaceAll(URL_PASSWORD, maskAfter);
}

function parseEmbedded(text: string): object | undefined {
  if (!/^\s*[[{]/u.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function mask(secret: string, scrubbing: Scrubbing, encoding: Encoding = 'text'): string {
  if (secret === '' || PLACEHOLDER.test(secret)) return secret;
  const number = scrubbing.placeholders.get(secret) ?? scrubbing.placeholders.size + 1;
  scrubbing.placeholders.set(secret, number);
  const length = LENGTH_CLASSES.find((upTo) => secret.length <= upTo) ?? 4096;
  if (encoding === 'text') return `scrubbed-${number}`.padEnd(length, '-');
  const bytes = Math.floor(length / 4) * 3;
  return Buffer.from(`scrubbed-${number}`.padEnd(bytes, '-')).toString('base64');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
