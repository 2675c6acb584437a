/** Whether a certificate is for a host. Source: RFC 6125, as Go's `VerifyHostname` reads it. */
import { isIP } from 'node:net';

import type { CertificateFields } from './certificate-fields.ts';

/** By its DNS names, or for an address by its addresses. */
export function isForHost({ DNSNames, IPAddresses }: CertificateFields, host: string): boolean {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  if (isIP(bare) !== 0) return includes(IPAddresses, (address) => address === bare);
  const wanted = host.toLowerCase().replace(/\.$/, '').split('.');
  return includes(DNSNames, (name) => isMatch(name.toLowerCase().split('.'), wanted));
}

function includes(
  names: readonly unknown[] | string | null,
  matches: (name: string) => boolean,
): boolean {
  return Array.isArray(names) && names.some((name) => typeof name === 'string' && matches(name));
}

/** A star stands for the whole first label. */
function isMatch(pattern: readonly string[], host: readonly string[]): boolean {
  if (pattern.length !== host.length || host.includes('')) return false;
  return pattern.every((label, index) => label === host[index] || (index === 0 && label === '*'));
}
