/** A URL as Go's `url.URL` in JSON, and as it writes it. */
import { escapePath, parseGoUrl } from '../parse-go-url.ts';
import { malformed } from './der-values.ts';

/** The members that Go exports. */
export interface GoUrlFields {
  readonly Scheme: string;
  readonly Opaque: string;
  readonly User: Readonly<Record<string, never>> | null;
  readonly Host: string;
  readonly Path: string;
  readonly RawPath: string;
  readonly OmitHost: boolean;
  readonly ForceQuery: boolean;
  readonly RawQuery: string;
  readonly Fragment: string;
  readonly RawFragment: string;
}

/** Behind the scheme and the authority; without a scheme, three slashes begin a path. */
const WRITTEN_PATH = /^(?:[^:/?#]+:\/\/[^/?#]*|[^:/?#]+:|\/\/[^/?#]+)?([^?#]*)/;

/** Reads a URL of a certificate. */
export function goUrlFields(text: string): GoUrlFields {
  const parsed = parseGoUrl(text);
  if (typeof parsed === 'string') throw malformed(`cannot parse URI ${JSON.stringify(text)}`);
  const [, authority] = /^(?:[^:/?#]+:)?\/\/([^/?#]*)/.exec(text) ?? [];
  const at = authority?.lastIndexOf('@') ?? -1;
  const [, opaque = ''] = /^[^:/?#]+:([^/?#][^?#]*)/.exec(text) ?? [];
  return {
    Scheme: parsed.scheme,
    Opaque: opaque,
    User: at === -1 ? null : {},
    Host: authority?.slice(at + 1) ?? '',
    Path: parsed.path,
    RawPath: rawPath(text, parsed.path),
    OmitHost: /^[^:/?#]+:\/(?!\/)/.test(text),
    ForceQuery: /^[^?#]*\?(?:#|$)/.test(text),
    RawQuery: parsed.raw_query,
    Fragment: parsed.fragment,
    RawFragment: '',
  };
}

/** As it is written, only where that is not how Go would write the path; an opaque URL has none. */
function rawPath(text: string, path: string): string {
  const [, written = ''] = WRITTEN_PATH.exec(text) ?? [];
  return path === '' || written === escapePath(path) ? '' : written;
}
