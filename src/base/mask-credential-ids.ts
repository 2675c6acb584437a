/**
 * Ids of credentials, kept out of what is recorded, sent and shown.
 *
 * Whoever may forge the extra fields of a user by impersonation needs nothing but such an id to pass for the credential.
 */

/** What stands for an id. */
export const CREDENTIAL_ID_MASK = '[credential id]';

/** Source: k8s.io/apiserver pkg/authentication, `X509SHA256=` and `JTI=`. */
const CREDENTIAL_ID = /\b(?:X509SHA256=[0-9a-f]{16,}|JTI=[\w-]{16,})/giu;
const SUSPICIOUS = /X509SHA256=|JTI=/iu;

/** Replaces the ids of credentials in a text. */
export function maskCredentialIds(text: string): string {
  return SUSPICIOUS.test(text) ? text.replace(CREDENTIAL_ID, CREDENTIAL_ID_MASK) : text;
}
