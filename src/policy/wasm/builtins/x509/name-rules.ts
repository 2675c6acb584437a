/** Whether an authority may certify the names of a certificate. Source: RFC 5280, section 4.2.1.10. */
import { isIP } from 'node:net';

import { isRecord } from '../../../../base/is-record.ts';
import { readAddressBytes } from './alternative-names.ts';
import type { CertificateFields } from './certificate-fields.ts';
import type { AddressRange } from './name-constraints.ts';

interface Kind {
  readonly names: readonly string[];
  readonly permitted: readonly string[];
  readonly excluded: readonly string[];
  /** Whether a name can be compared at all. */
  readonly isReadable: (name: string) => boolean;
  readonly matches: (name: string, constraint: string) => boolean;
}

/** Each name must be in a permitted part, if there are any, and in no excluded one. */
export function isNameAllowed(names: CertificateFields, authority: CertificateFields): boolean {
  const kinds: readonly Kind[] = [
    {
      names: textsOf(names.DNSNames),
      permitted: textsOf(authority.PermittedDNSDomains),
      excluded: textsOf(authority.ExcludedDNSDomains),
      isReadable: isDomain,
      matches: isInDomain,
    },
    {
      names: textsOf(names.EmailAddresses),
      permitted: textsOf(authority.PermittedEmailAddresses),
      excluded: textsOf(authority.ExcludedEmailAddresses),
      isReadable: (address) => address.includes('@') && isDomain(domainOf(address)),
      matches: isMailbox,
    },
    {
      names: hostsOf(names.URIs),
      permitted: textsOf(authority.PermittedURIDomains),
      excluded: textsOf(authority.ExcludedURIDomains),
      // An address has no domain.
      isReadable: (host) => isDomain(host) && isIP(host) === 0 && !host.startsWith('['),
      matches: isInDomain,
    },
    {
      names: readAddressBytes(names.Extensions ?? []).map((bytes) => bytes.toString('hex')),
      permitted: rangesOf(authority.PermittedIPRanges),
      excluded: rangesOf(authority.ExcludedIPRanges),
      isReadable: () => true,
      matches: isInRange,
    },
  ];
  return kinds.every(isKindAllowed);
}

function isKindAllowed({ names, permitted, excluded, isReadable, matches }: Kind): boolean {
  if (permitted.length + excluded.length === 0) return true;
  return names.every(
    (name) =>
      // `example.com.` and `user@EXAMPLE.com.` would else be in no excluded part.
      isReadable(name) &&
      !excluded.some((constraint) => matches(name, constraint)) &&
      (permitted.length === 0 || permitted.some((constraint) => matches(name, constraint))),
  );
}

type List = readonly unknown[] | string | null;

function textsOf(list: List): readonly string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** As texts: `address/mask`, both in hexadecimal digits. */
function rangesOf(list: List): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isRange).map(({ IP, Mask }) => {
    const mask = Buffer.from(Mask, 'base64');
    return `${toBytes(IP, mask.length).toString('hex')}/${mask.toString('hex')}`;
  });
}

function isRange(value: unknown): value is AddressRange {
  return isRecord(value) && typeof value['IP'] === 'string' && typeof value['Mask'] === 'string';
}

function hostsOf(list: List): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.map((url) => String(isRecord(url) ? url['Host'] : '').replace(/:\d*$/, ''));
}

/** A domain and what is below it; with a leading point only what is below. */
function isInDomain(name: string, constraint: string): boolean {
  const [domain, wanted] = [name.toLowerCase(), constraint.toLowerCase()];
  if (wanted === '') return true;
  if (wanted.startsWith('.')) return domain.endsWith(wanted) && domain !== wanted;
  return domain === wanted || domain.endsWith(`.${wanted}`);
}

/** Labels of printable characters, none of them empty. */
function isDomain(text: string): boolean {
  return /^[!-\-/-~]+(?:\.[!-\-/-~]+)*$/.test(text);
}

/** Of a mailbox, the part before the at sign counts with its case, and the domain without. */
function isMailbox(address: string, constraint: string): boolean {
  if (!constraint.includes('@')) return isInDomain(domainOf(address), constraint);
  return withLowerDomain(address) === withLowerDomain(constraint);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

function withLowerDomain(address: string): string {
  const domain = domainOf(address);
  return address.slice(0, address.length - domain.length) + domain.toLowerCase();
}

function isInRange(address: string, range: string): boolean {
  const [base = '', mask = ''] = range.split('/');
  if (address.length !== mask.length) return false;
  return ((toNumber(address) ^ toNumber(base)) & toNumber(mask)) === 0n;
}

function toNumber(digits: string): bigint {
  return BigInt(`0x${digits}`);
}

/** `::ffff:0.0.0.0/96` (RFC 4291, section 2.5.5.2). */
const MAPPED_PREFIX = Buffer.from(`${'00'.repeat(10)}ffff`, 'hex');

/** `length` tells an address of version 4 from one within version 6, which has the same text. */
function toBytes(address: string, length: number): Buffer {
  if (isIP(address) === 4) {
    const bytes = Buffer.from(address.split('.').map(Number));
    return length === 4 ? bytes : Buffer.concat([MAPPED_PREFIX, bytes]);
  }
  const [left = '', right] = address.split('::');
  const head = left.split(':').filter((group) => group !== '');
  const tail = (right ?? '').split(':').filter((group) => group !== '');
  const gap = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...gap, ...tail].map((group) => group.padStart(4, '0'));
  return Buffer.from(groups.join(''), 'hex');
}
