/**
 * The credential that a caller showed to the API server, by its id.
 *
 * Source: KEP-4193 and k8s.io/apiserver pkg/authentication (user.CredentialIDKey): `X509SHA256=` with the hash of a client
 * certificate, `JTI=` with the id of a service account token. Impersonation carries neither, unless the extra field is
 * forged; then the id must be guessed, which is why an id is never stored, recorded or shown.
 */
import type { UserInfo } from '../../kubernetes/admission-request.ts';

/** The extra field that holds the id. */
export const CREDENTIAL_ID_KEY = 'authentication.kubernetes.io/credential-id';

export type CredentialKind = 'certificate' | 'token';

export type ShownCredential =
  | { readonly status: 'shown'; readonly kind: CredentialKind; readonly id: string }
  | { readonly status: 'absent' }
  /** No authenticator writes such a field. */
  | { readonly status: 'malformed' };

const ABSENT: ShownCredential = { status: 'absent' };
const MALFORMED: ShownCredential = { status: 'malformed' };

const CERTIFICATE_ID = /^X509SHA256=[0-9a-f]{64}$/u;
/** A UUID in all releases so far; the length alone is held to, as the form is not promised. */
const TOKEN_ID = /^JTI=[\w-]{16,128}$/u;

/** The credential of a caller. */
export function parseCredential({ extra }: Pick<UserInfo, 'extra'>): ShownCredential {
  const values = extra?.[CREDENTIAL_ID_KEY];
  if (values === undefined) return ABSENT;
  const [id, ...others] = values;
  if (id === undefined || others.length > 0) return MALFORMED;
  if (CERTIFICATE_ID.test(id)) return { status: 'shown', kind: 'certificate', id };
  if (TOKEN_ID.test(id)) return { status: 'shown', kind: 'token', id };
  return MALFORMED;
}
