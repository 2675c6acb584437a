/** The cookie of a session. It has an unguessable id and nothing else: what a person may see is asked of the API server. */

export interface CookieOptions {
  /** Only over TLS. */
  readonly isSecure: boolean;
}

/** A browser takes a cookie of this name only over TLS, for this host alone. Source: RFC 6265bis, section 4.1.3. */
function nameOf({ isSecure }: CookieOptions): string {
  return isSecure ? '__Host-holdfast-session' : 'holdfast-session';
}

/** 256 bits in base64url. */
const ID = /^[A-Za-z0-9_-]{43}$/u;

/** The id that a request shows; `undefined` where it shows none, or several. */
export function parseSessionCookie(
  header: string | undefined,
  options: CookieOptions,
): string | undefined {
  const prefix = `${nameOf(options)}=`;
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix))
    .map((part) => part.slice(prefix.length));
  const [id] = found;
  // Two were set by two parties, and nobody can tell which is ours.
  return found.length === 1 && id !== undefined && ID.test(id) ? id : undefined;
}

/**
 * Lax: a link in a chat or a notice leads to the page of who is signed in. That is no risk, as no GET changes anything, and a POST of
 * another site comes without the cookie.
 */
export function formatSessionCookie(
  id: string,
  { isSecure, lifeMs }: CookieOptions & { readonly lifeMs: number },
): string {
  const seconds = Math.floor(lifeMs / 1000);
  const secure = isSecure ? '; Secure' : '';
  return `${nameOf({ isSecure })}=${id}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}
