/** What the dashboard answers: a page, a file or a way on, always with the headers that keep a browser in its bounds. */
import type { Html } from './html.ts';

export interface Answer {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Nothing but our own files is loaded or run, nothing is framed, and no page is stored. Markup that would get past the escaping runs
 * nothing: there is no inline script or style, and no script can turn text into markup. Sources: CSP level 3, Trusted Types.
 */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // The address of a page has names of users and objects. Not "no-referrer": a browser then says of no form where it comes from.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The headers of every answer. */
export function securityHeaders(isSecure: boolean): Readonly<Record<string, string>> {
  return isSecure
    ? { ...SECURITY_HEADERS, 'strict-transport-security': 'max-age=31536000' }
    : SECURITY_HEADERS;
}

/** A whole page. */
export function pageAnswer(
  page: Html,
  { httpStatus = 200, headers = {} }: Partial<Omit<Answer, 'body'>> = {},
): Answer {
  return {
    httpStatus,
    headers: { ...headers, 'content-type': 'text/html; charset=utf-8' },
    body: String(page),
  };
}

/** The browser goes on by GET. */
export function redirectAnswer(
  location: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { httpStatus: 303, headers: { ...headers, location }, body: '' };
}
