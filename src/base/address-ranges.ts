/** Ranges of IP addresses in the notation of RFC 4632 and RFC 4291: `10.0.0.0/8`, `fd00::/8`, or one address. */
import { BlockList, isIP, isIPv4 } from 'node:net';

export interface AddressRanges {
  /** Whether an address is in one of them; an IPv4 address that is mapped to IPv6 is the IPv4 address. */
  readonly has: (address: string) => boolean;
}

/** The longest prefix of each family. */
const BITS = { ipv4: 32, ipv6: 128 } as const;

/** Whether a text is one address or one range. */
export function isAddressRange(text: string): boolean {
  return readRange(text) !== undefined;
}

/** Ranges that `isAddressRange` accepts; others are in none. */
export function readAddressRanges(texts: readonly string[]): AddressRanges {
  const list = new BlockList();
  for (const text of texts) {
    const range = readRange(text);
    if (range !== undefined) list.addSubnet(range.network, range.prefix, range.family);
  }
  return {
    has: (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6'),
  };
}

interface Range {
  readonly network: string;
  readonly prefix: number;
  readonly family: keyof typeof BITS;
}

function readRange(text: string): Range | undefined {
  const [network = '', length, ...more] = text.split('/');
  if (isIP(network) === 0 || network.includes('%') || more.length > 0) return undefined;
  const family = isIPv4(network) ? 'ipv4' : 'ipv6';
  if (length === undefined) return { network, prefix: BITS[family], family };
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
  return prefix <= BITS[family] ? { network, prefix, family } : undefined;
}
