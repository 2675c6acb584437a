/** A URL as Go's `url.URL` in JSON, and as it writes it. */
import { parseGoUrl } from '../parse-go-url.ts';
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
    // Only where it is not how Go would write the path.
    RawPath: parsed.raw_path === encodeURI(parsed.path) ? '' : parsed.raw_path,
    OmitHost: authority === '' && parsed.scheme !== '' && parsed.path.startsWith('//'),
    ForceQuery: /\?(?:#|$)/.test(text) && parsed.raw_query === '',
    RawQuery: parsed.raw_query,
    Fragment: parsed.fragment,
    RawFragment: '',
  };
}
