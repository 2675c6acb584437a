/** Which connections come from one machine, as far as addresses tell. */
import { isIPv4, isIPv6 } from 'node:net';

/** RFC 4291 section 2.5.1: the rest of an address is the interface, of which a machine may have as many as it likes. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;
const MAPPED_IPV4 = /^::ffff:(?<address>\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The source of a connection: an IPv4 address, or the first 64 bits of an IPv6 address. Without an address, which a connection
 * that is already over has not, all are one source.
 */
export function classifySource(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const mapped = MAPPED_IPV4.exec(address)?.groups?.['address'];
  if (mapped !== undefined) return mapped;
  if (isIPv4(address) || !isIPv6(address)) return address;
  return `${expandGroups(address).slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

/** The groups of an IPv6 address, with the zeros that `::` stands for. */
function expandGroups(address: string): readonly string[] {
  const [plain = ''] = address.split('%');
  const [before = '', after] = plain.toLowerCase().split('::');
  const head = before === '' ? [] : before.split(':');
  if (after === undefined) return head;
  const tail = after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: GROUPS - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail];
}
