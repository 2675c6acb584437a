/** Which names an authority may certify. Source: RFC 5280, section 4.2.1.10. */
import type { Element } from '../../../../base/parse-ber.ts';
import { findTagged, malformed } from './der-values.ts';
import { formatAddress, NAME_TAGS } from './alternative-names.ts';
import { orNull } from './name-fields.ts';

/** Where there are none. */
export const NO_NAME_CONSTRAINTS = {
  PermittedDNSDomainsCritical: false,
  PermittedDNSDomains: null,
  ExcludedDNSDomains: null,
  PermittedIPRanges: null,
  ExcludedIPRanges: null,
  PermittedEmailAddresses: null,
  ExcludedEmailAddresses: null,
  PermittedURIDomains: null,
  ExcludedURIDomains: null,
};

/** An address and its mask in base64. */
export interface AddressRange {
  readonly IP: string;
  readonly Mask: string;
}

/** Reads both lists. */
export function readNameConstraints(value: Element, { Critical }: { readonly Critical: boolean }) {
  const permitted = readSubtrees(findTagged(value, 0));
  const excluded = readSubtrees(findTagged(value, 1));
  return {
    PermittedDNSDomainsCritical: Critical,
    PermittedDNSDomains: permitted.texts(NAME_TAGS.dns),
    ExcludedDNSDomains: excluded.texts(NAME_TAGS.dns),
    PermittedIPRanges: permitted.ranges(),
    ExcludedIPRanges: excluded.ranges(),
    PermittedEmailAddresses: permitted.texts(NAME_TAGS.email),
    ExcludedEmailAddresses: excluded.texts(NAME_TAGS.email),
    PermittedURIDomains: permitted.texts(NAME_TAGS.uri),
    ExcludedURIDomains: excluded.texts(NAME_TAGS.uri),
  };
}

function readSubtrees(list: Element | undefined) {
  const bases = (list?.children ?? []).flatMap((subtree) => subtree.children[0] ?? []);
  const contents = (wanted: number): readonly Buffer[] =>
    bases.filter(({ tag }) => tag === wanted).map(({ content }) => content);
  return {
    texts: (tag: number) => orNull(contents(tag).map((content) => content.toString('latin1'))),
    ranges: () => orNull(contents(NAME_TAGS.ip).map(readRange)),
  };
}

function readRange(content: Buffer): AddressRange {
  const half = content.length / 2;
  if (half !== 4 && half !== 16) throw malformed('an IP constraint of another length');
  const mask = content.subarray(half);
  const bits = [...mask].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  if (!/^1*0*$/.test(bits)) throw malformed('an IP constraint with a mask that is no prefix');
  return { IP: formatAddress(content.subarray(0, half)), Mask: mask.toString('base64') };
}
