/** Reads a URL as Go's `net/url` does. */

/** Empty for what is not there. */
export interface GoUrl {
  readonly scheme: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly raw_path: string;
  readonly raw_query: string;
  readonly fragment: string;
}

/** The parts, or why there are none. */
export function parseGoUrl(text: string): GoUrl | string {
  const [beforeFragment = '', ...fragments] = text.split('#');
  if (/[^\P{Cc}\u0080-\u009f]/u.test(text)) return 'net/url: invalid control character in URL';
  const scheme = readScheme(beforeFragment);
  if (scheme === undefined) return 'missing protocol scheme';
  const afterScheme = scheme === '' ? beforeFragment : beforeFragment.slice(scheme.length + 1);
  const [beforeQuery = '', ...queries] = afterScheme.split('?');
  const fragment = unescape(fragments.join('#'), 'fragment');
  if (fragment === undefined) return invalidEscape(fragments.join('#'));
  const lower = { scheme: scheme.toLowerCase(), raw_query: queries.join('?'), fragment };
  const nothing = { hostname: '', port: '', path: '', raw_path: '' };
  if (!beforeQuery.startsWith('/')) {
    // An opaque URL, such as a URN, has no path.
    if (scheme !== '') return { ...lower, ...nothing };
    if (/^[^/]*:/.test(beforeQuery)) return 'first path segment in URL cannot contain colon';
  }
  const hasAuthority =
    (scheme !== '' || !beforeQuery.startsWith('///')) && beforeQuery.startsWith('//');
  const [authority = '', ...segments] = hasAuthority ? beforeQuery.slice(2).split('/') : [];
  const written = hasAuthority ? segments.map((segment) => `/${segment}`).join('') : beforeQuery;
  const host = hasAuthority ? readAuthority(authority) : { hostname: '', port: '' };
  if (typeof host === 'string') return host;
  const path = unescape(written, 'path');
  if (path === undefined) return invalidEscape(written);
  return { ...lower, ...host, path, raw_path: rawPath(path, written) };
}

/** Empty without one; `undefined` where it is missing before its colon. */
function readScheme(text: string): string | undefined {
  if (text.startsWith(':')) return undefined;
  return /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? '';
}

type Host = Pick<GoUrl, 'hostname' | 'port'>;

function readAuthority(authority: string): Host | string {
  const at = authority.lastIndexOf('@');
  const user = at === -1 ? '' : authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return 'net/url: invalid userinfo';
  if (unescape(user, 'path') === undefined) return invalidEscape(user);
  const host = authority.slice(at + 1);
  const bracketed = host.startsWith('[');
  const end = host.lastIndexOf(']');
  if (bracketed && end === -1) return `missing ']' in host`;
  const colon = bracketed ? end + 1 : host.indexOf(':');
  const rest = colon === -1 ? '' : host.slice(colon);
  if (!/^(?::\d*)?$/.test(rest)) return `invalid port ${JSON.stringify(rest)} after host`;
  const written = colon === -1 ? host : host.slice(0, colon);
  const hostname = unescape(bracketed ? written.slice(1, -1) : written, 'host');
  if (hostname === undefined) return invalidEscape(written);
  const wrong = bracketed ? undefined : /[ "<>\\^`{|}]/.exec(written)?.[0];
  if (wrong !== undefined) return `invalid character ${JSON.stringify(wrong)} in host name`;
  return { hostname, port: rest.slice(1) };
}

/** `undefined` if a percent sign begins no byte, or in a host one that it must not. */
function unescape(text: string, part: 'path' | 'fragment' | 'host'): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  // RFC 6874 lets a zone be escaped; of other ASCII bytes, a host has none that need it.
  if (part === 'host' && /%(?!25)[0-7]/.test(text)) return undefined;
  const escaped = Buffer.from(text).toString('latin1');
  const bytes = escaped.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** As it was written, where that differs from how Go would write the path. */
function rawPath(path: string, written: string): string {
  return written === escapePath(path) ? path : written;
}

/** What `encodeURI` leaves and Go does not. */
const PATH_ESCAPES = /[!'()*?#]/g;

/** How Go writes a path. */
export function escapePath(path: string): string {
  return encodeURI(path.toWellFormed()).replace(
    PATH_ESCAPES,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function invalidEscape(text: string): string {
  const wrong = String(/%(?![0-9a-fA-F]{2}).{0,2}|%[0-7]./su.exec(text));
  return `invalid URL escape ${JSON.stringify(wrong)}`;
}
