/**
 * Subject alternative names: in the format of node:crypto, and as users write them. Source: RFC 5280 section
 * 4.2.1.6.
 */
import { isIP } from 'node:net';

export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

const DNS_PREFIX = 'DNS:';
const IP_PREFIX = 'IP Address:';
/** Source: RFC 1035 section 2.3.4, without the length bytes. */
const DNS_NAME_CHARS_MAX = 253;
const DNS_NAME =
  /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/u;

/** Reads `X509Certificate.subjectAltName`; kinds of names that we never issue are skipped. */
export function parseAlternativeNames(text: string | undefined): AlternativeNames {
  const entries = (text ?? '').split(', ');
  return {
    dnsNames: namesAfter(entries, DNS_PREFIX),
    ipAddresses: namesAfter(entries, IP_PREFIX).map(normalizeIpAddress),
  };
}

function namesAfter(entries: readonly string[], prefix: string): readonly string[] {
  return entries
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length));
}

/** Normalizes addresses, so that `::1` and `0:0:0:0:0:0:0:1` are the same name. Other texts are unchanged. */
export function normalizeIpAddress(text: string): string {
  if (isIP(text) !== 6) return text;
  // The URL standard prints IPv6 addresses in the canonical form of RFC 5952.
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

export type CheckedNames =
  | { readonly ok: true; readonly names: AlternativeNames }
  | { readonly ok: false; readonly reason: string };

/**
 * Validates names from the command line or the configuration; sorted and without duplicates, so that lists
 * can be compared.
 */
export function parseRequestedNames(requested: AlternativeNames): CheckedNames {
  const dnsNames = sortedSet(requested.dnsNames.map((name) => name.toLowerCase()));
  const ipAddresses = sortedSet(requested.ipAddresses.map(normalizeIpAddress));
  const badName = dnsNames.find((name) => !isDnsName(name));
  if (badName !== undefined) {
    return { ok: false, reason: `A DNS name is wanted, found "${badName}"` };
  }
  const badAddress = ipAddresses.find((address) => isIP(address) === 0);
  if (badAddress !== undefined) {
    return { ok: false, reason: `An IPv4 or IPv6 address is wanted, found "${badAddress}"` };
  }
  if (dnsNames.length + ipAddresses.length === 0) {
    return { ok: false, reason: 'At least one DNS name or IP address is wanted, found none' };
  }
  return { ok: true, names: { dnsNames, ipAddresses } };
}

function isDnsName(name: string): boolean {
  // An address among the DNS names would never match: clients compare addresses with the IP entries only.
  return name.length <= DNS_NAME_CHARS_MAX && DNS_NAME.test(name) && isIP(name) === 0;
}

function sortedSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}
