/**
 * Keeps credentials out of logs. Error texts and output of other programs are filtered here before they are
 * written.
 */

import { maskCredentialIds } from '../base/mask-credential-ids.ts';

const MASK = '[redacted]';

/** Fields that are never written, wherever in a log entry they appear. Compared in lower case. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'token',
  'bearertoken',
  'password',
  'passphrase',
  'secret',
  'clientsecret',
  'privatekey',
  'data',
  'stringdata',
  'routingkey',
  'cookie',
]);

/** The maximum depth of a log entry; deeper values are not written. */
const DEPTH_MAX = 6;

/** A name of a secret field as JSON prints it, or a substring of a text that is masked. */
const SUSPICIOUS_JSON = new RegExp(
  `"(?:${[...SECRET_FIELDS].join('|')})":|bearer|basic|eyJ|://|-----BEGIN|X509SHA256=|JTI=`,
  'iu',
);

const SECRET_TEXTS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${MASK}`],
  // JSON web tokens: three base64url parts, of which the first is an object.
  [/\beyJ[\w-]{4,}\.[\w-]+\.[\w-]*/g, MASK],
  [/:\/\/[^/\s:@]*:[^/\s@]+@/g, `://${MASK}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?/g, MASK],
];

/** A substring of each pattern above: most texts contain none, and one test is cheaper than four replacements. */
const SUSPICIOUS = /bearer|basic|eyJ|:\/\/|-----BEGIN/i;

/** Replaces text that looks like a token, a password in a URL or a private key. */
export function maskText(text: string): string {
  const shown = maskCredentialIds(text);
  if (!SUSPICIOUS.test(shown)) return shown;
  let masked = shown;
  for (const [pattern, replacement] of SECRET_TEXTS) masked = masked.replace(pattern, replacement);
  return masked;
}

/**
 * Fields that are plain JSON, as JSON that is safe to write. Most contain nothing to mask, and one test of the text tells: a
 * third of the time of a masked copy.
 */
export function formatMaskedJson(fields: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(fields);
  return SUSPICIOUS_JSON.test(json) ? JSON.stringify(maskFields(fields)) : json;
}

/** A copy of log fields that is safe to write: secrets masked, errors as objects with their causes. */
export function maskFields(
  fields: Readonly<Record<string, unknown>>,
  depth = 0,
): Record<string, unknown> {
  const masked = Object.entries(fields).map(([name, value]): readonly [string, unknown] => [
    name,
    SECRET_FIELDS.has(name.toLowerCase()) ? MASK : maskValue(value, depth),
  ]);
  return Object.fromEntries(masked);
}

function maskValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return '[nested too deep]';
  if (value instanceof Error) return describeFault(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1));
  return maskFields(fieldsOf(value), depth + 1);
}

/** Any object is treated as a record of its enumerable properties. */
function fieldsOf(value: object): Readonly<Record<string, unknown>> {
  return { ...value };
}

function describeFault(fault: Error, depth: number): Readonly<Record<string, unknown>> {
  const code: unknown = Reflect.get(fault, 'code');
  return {
    name: fault.name,
    ...(typeof code === 'string' && { code }),
    message: maskText(fault.message),
    stack: maskText(String(fault.stack)),
    ...(fault.cause !== undefined && { cause: maskValue(fault.cause, depth + 1) }),
  };
}
