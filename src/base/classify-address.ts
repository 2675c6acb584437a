/**
 * Classifies IP addresses. A repository URL comes from tenants: without this check they could let us connect to the
 * metadata service of the cloud, the API server or a service behind the firewall (server-side request forgery).
 * Source: IANA IPv4 and IPv6 special-purpose address registries (RFC 6890).
 */
import { BlockList, isIP, isIPv4 } from 'node:net';

/** `public`: reachable from everywhere. `private`: within a network or a machine. `invalid`: no address. */
export type AddressClass = 'public' | 'private' | 'invalid';

const PRIVATE_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** The rest of IPv6 is not assigned. */
const GLOBAL_UNICAST_IPV6 = ['2000::', 3] as const;

/** Within 2000::/3: protocol assignments with Teredo, documentation, and 6to4, which embeds an IPv4 address. */
const PRIVATE_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const privateIPv4 = new BlockList();
for (const [network, prefix] of PRIVATE_IPV4) privateIPv4.addSubnet(network, prefix, 'ipv4');
const globalIPv6 = new BlockList();
globalIPv6.addSubnet(...GLOBAL_UNICAST_IPV6, 'ipv6');
const privateIPv6 = new BlockList();
for (const [network, prefix] of PRIVATE_IPV6) privateIPv6.addSubnet(network, prefix, 'ipv6');

/** Classifies an address as the resolver writes it; a zone (`%eth0`) makes it private. */
export function classifyAddress(address: string): AddressClass {
  if (isIP(address) === 0) return 'invalid';
  if (isIPv4(address)) return privateIPv4.check(address, 'ipv4') ? 'private' : 'public';
  // Mapped and NAT64 addresses lead to an IPv4 address and are outside of 2000::/3.
  const isGlobal = globalIPv6.check(address, 'ipv6') && !privateIPv6.check(address, 'ipv6');
  return isGlobal ? 'public' : 'private';
}
