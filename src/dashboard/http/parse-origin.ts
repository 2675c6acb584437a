/** Whether a request comes from our own pages, and for a host that is ours. */

export interface AskedHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/** With a port or without. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/u;

/**
 * A name of ours: loopback, as port-forward has it, or that of `dashboard.url`. A site whose name is made to lead to 127.0.0.1 (DNS
 * rebinding) is asked for by its own name, and gets nothing.
 */
export function parseHost(
  { host = '' }: AskedHeaders,
  url: string | undefined,
): 'loopback' | 'public' | undefined {
  if (url !== undefined && host === new URL(url).host) return 'public';
  return LOOPBACK_HOST.test(host) ? 'loopback' : undefined;
}

/**
 * Whether a form was sent by a page of ours. Else another site could sign a person in under a token of its own (login CSRF), or out.
 * Browsers say where a form comes from; who says nothing is no browser, and has no cookie of a person either.
 */
export function parseFormOrigin(headers: AskedHeaders, url: string | undefined): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const { origin } = headers;
  if (origin === undefined) return site === 'same-origin';
  switch (parseHost(headers, url)) {
    case 'public':
      return origin === url;
    case 'loopback':
      return origin === `http://${headers.host}`;
    case undefined:
      return false;
  }
}
