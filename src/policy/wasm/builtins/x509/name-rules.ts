/** Whether an authority may certify the names of a certificate. Source: RFC 5280, section 4.2.1.10. */
import { isIP } from 'node:net';

import { isRecord } from '../../../../base/is-record.ts';
import type { CertificateFields } from './certificate-fields.ts';
import type { AddressRange } from './name-constraints.ts';

/** Each name must be in a permitted part, if there are any, and in no excluded one. */
export function isNameAllowed(names: CertificateFields, authority: CertificateFields): boolean {
  const kinds = [
    {
      names: textsOf(names.DNSNames),
      permitted: textsOf(authority.PermittedDNSDomains),
      excluded: textsOf(authority.ExcludedDNSDomains),
      matches: isInDomain,
    },
    {
      names: textsOf(names.EmailAddresses),
      permitted: textsOf(authority.PermittedEmailAddresses),
      excluded: textsOf(authority.ExcludedEmailAddresses),
      matches: isMailbox,
    },
    {
      names: hostsOf(names.URIs),
      permitted: textsOf(authority.PermittedURIDomains),
      excluded: textsOf(authority.ExcludedURIDomains),
      matches: isHostInDomain,
    },
    {
      names: textsOf(names.IPAddresses),
      permitted: rangesOf(authority.PermittedIPRanges),
      excluded: rangesOf(authority.ExcludedIPRanges),
      matches: isInRange,
    },
  ];
  return kinds.every((kind) =>
    kind.names.every(
      (name) =>
        !kind.excluded.some((constraint) => kind.matches(name, constraint)) &&
        (kind.permitted.length === 0 ||
          kind.permitted.some((constraint) => kind.matches(name, constraint))),
    ),
  );
}

type List = readonly unknown[] | string | null;

function textsOf(list: List): readonly string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** As texts: `address/mask`. */
function rangesOf(list: List): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isRange).map(({ IP, Mask }) => `${IP}/${Mask}`);
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

function isMailbox(address: string, constraint: string): boolean {
  if (constraint.includes('@')) return address === constraint;
  return isInDomain(address.slice(address.lastIndexOf('@') + 1), constraint);
}

/** An address has no domain. */
function isHostInDomain(host: string, constraint: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return host !== '' && isIP(bare) === 0 && isInDomain(host, constraint);
}

function isInRange(address: string, range: string): boolean {
  const [base = '', mask = ''] = range.split(/\/(.*)/s);
  const [bytes, wanted, bits] = [toBytes(address), toBytes(base), Buffer.from(mask, 'base64')];
  if (bytes.length !== bits.length || wanted.length !== bits.length) return false;
  return bytes.every((byte, at) => ((byte ^ (wanted[at] ?? 0)) & (bits[at] ?? 0)) === 0);
}

function toBytes(address: string): readonly number[] {
  if (isIP(address) === 4) return address.split('.').map(Number);
  const [left = '', right] = address.split('::');
  const head = left.split(':').filter((group) => group !== '');
  const tail = (right ?? '').split(':').filter((group) => group !== '');
  const gap = right === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail];
  return groups.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
