/** Which keys of a Secret have a value that an update brings, and that is not public by what it is. */
import { isRecord } from '../base/is-record.ts';

/** Certificates and public keys are there to be shown: RFC 7468, RFC 4253 section 6.6. */
const PUBLIC =
  /^\s*(?:-----BEGIN (?:[A-Z\d]{1,16} ){0,3}(?:CERTIFICATE|PUBLIC KEY)|ssh-(?:rsa|ed25519) |ecdsa-sha2-)/u;
/** A bundle may have the key behind its certificate. */
const PRIVATE = /PRIVATE KEY/u;

/**
 * In the order of the object, which has base64 in `data` by the time that it is admitted. A value that cannot be read is not public.
 *
 * @param stored the Secret before an update: what it has already was told when it came
 */
export function listSecretKeys(object: unknown, stored?: unknown): readonly string[] {
  const before = dataOf(stored);
  return Object.entries(dataOf(object))
    .filter(([key, value]) => value !== '' && value !== before[key] && !isPublic(value))
    .map(([key]) => key);
}

function dataOf(object: unknown): Readonly<Record<string, unknown>> {
  const data = isRecord(object) ? object['data'] : undefined;
  return isRecord(data) ? data : {};
}

function isPublic(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const text = Buffer.from(value, 'base64').toString('latin1');
  return text.trim() === '' || (PUBLIC.test(text) && !PRIVATE.test(text));
}
