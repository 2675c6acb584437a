/** Names beside the subject, as Go has them. Source: RFC 5280, section 4.2.1.6. */
import { parseBer, type Element } from '../../../../base/parse-ber.ts';
import { malformed } from './der-values.ts';
import { goUrlFields } from './go-url-fields.ts';
import { orNull } from './name-fields.ts';

/** Where there are none. */
export const NO_ALTERNATIVE_NAMES = {
  DNSNames: null,
  EmailAddresses: null,
  IPAddresses: null,
  URIs: null,
};

/** The names of each kind. */
export interface AlternativeNames {
  readonly DNSNames: readonly string[] | null;
  readonly EmailAddresses: readonly string[] | null;
  readonly IPAddresses: readonly string[] | null;
  readonly URIs: readonly unknown[] | null;
}

/** Tags of general names. */
export const NAME_TAGS = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const;

/** Reads the names of the kinds that Go reads. */
export function readAlternativeNames({ children }: Element): AlternativeNames {
  const texts = (wanted: number): readonly string[] =>
    children.filter(({ tag }) => tag === wanted).map(({ content }) => content.toString('latin1'));
  const addresses = children
    .filter(({ tag }) => tag === NAME_TAGS.ip)
    .map(({ content }) => formatAddress(content));
  return {
    DNSNames: orNull(texts(NAME_TAGS.dns)),
    EmailAddresses: orNull(texts(NAME_TAGS.email)),
    IPAddresses: orNull(addresses),
    URIs: orNull(texts(NAME_TAGS.uri).map((text) => goUrlFields(text))),
  };
}

/** The identifier of the extension that has them. */
export const ALTERNATIVE_NAMES = '2.5.29.17';

type WrittenExtensions = readonly { readonly Id: readonly number[]; readonly Value: string }[];

/** The URIs of a certificate as they are written; `null` without any. */
export function readUriTexts(extensions: WrittenExtensions): readonly string[] | null {
  const uris = readContents(extensions, NAME_TAGS.uri);
  return orNull(uris.map((content) => content.toString('latin1')));
}

/** The addresses of a certificate as they are written: as text, version 4 and version 4 within 6 are the same. */
export function readAddressBytes(extensions: WrittenExtensions): readonly Buffer[] {
  return readContents(extensions, NAME_TAGS.ip);
}

function readContents(extensions: WrittenExtensions, wanted: number): readonly Buffer[] {
  const found = extensions.find(({ Id }) => Id.join('.') === ALTERNATIVE_NAMES);
  const names = parseBer(Buffer.from(found?.Value ?? '', 'base64'))?.children ?? [];
  return names.filter(({ tag }) => tag === wanted).map(({ content }) => content);
}

/** `10.0.0.1`, `fe80::1`. */
export function formatAddress(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  if (bytes.length !== 16) throw malformed('an IP address of another length');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2));
  // An address of version 4 within one of version 6 is written as such.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return [...bytes.subarray(12)].join('.');
  }
  const host = new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname;
  return host.slice(1, -1);
}
