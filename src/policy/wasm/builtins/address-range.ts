/** Ranges of addresses (CIDR) as Go's `net` reads and prints them. An IPv4 address that is mapped to IPv6 is an IPv4 address. */

/** The addresses from `first` to `last`. */
export interface AddressRange {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
  /** The length of the prefix as it was written: a mapped address counts in IPv6. */
  readonly prefix: number;
}

export type Address = Pick<AddressRange, 'bits' | 'first'>;

/** Reads one address; `undefined` if it is none. A zone is none of its parts. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const value = parseIpv4(text);
    return value === undefined ? undefined : { bits: 32, first: value };
  }
  const value = parseIpv6(text);
  return value === undefined ? undefined : unmapped(value);
}

/** Reads `address/prefix`; the address is that of its network. */
export function parseRange(text: string): AddressRange | undefined {
  const [written = '', length = '', ...more] = text.split('/');
  const bits = written.includes(':') ? 128 : 32;
  const value = bits === 128 ? parseIpv6(written) : parseIpv4(written);
  if (value === undefined || more.length > 0 || !/^(?:0|[1-9]\d{0,2})$/.test(length)) {
    return undefined;
  }
  const prefix = Number(length);
  if (prefix > bits) return undefined;
  return rangeOf(value, prefix, bits);
}

/** The range with an address in it. */
export function rangeOf(address: bigint, prefix: number, bits: 32 | 128): AddressRange {
  const hosts = (1n << BigInt(bits - prefix)) - 1n;
  const first = address & ~hosts;
  const last = first | hosts;
  const from = bits === 128 ? unmapped(first) : { bits, first };
  return { ...from, last: from.bits === 32 ? last & 0xffff_ffffn : last, prefix };
}

/** Whether a range has all addresses from one to another, which is the same where none is named. */
export function isWithin(range: AddressRange, { bits, first }: Address, last = first): boolean {
  return range.bits === bits && range.first <= first && last <= range.last;
}

/** RFC 5952: the longest run of zeros is left out. */
export function formatAddress({ bits, first }: Address): string {
  if (bits === 32) {
    return [24n, 16n, 8n, 0n].map((shift) => (first >> shift) & 0xffn).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((first >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const runs = groups.map((_, from) => groups.slice(from).findIndex((group) => group !== '0'));
  const lengths = runs.map((length, from) => (length === -1 ? groups.length - from : length));
  const longest = Math.max(...lengths);
  if (longest < 2) return groups.join(':');
  const from = lengths.indexOf(longest);
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + longest).join(':')}`;
}

const MAPPED = 0xffffn;

function unmapped(value: bigint): Address {
  return value >> 32n === MAPPED
    ? { bits: 32, first: value & 0xffff_ffffn }
    : { bits: 128, first: value };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  const isByte = (part: string): boolean => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256;
  if (parts.length !== 4 || !parts.every(isByte)) return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : readGroups(half)));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? joinGroups(head) : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0n);
  return joinGroups([...head, ...zeros, ...tail]);
}

/** An IPv4 address may stand for the last two groups. */
function readGroups(text: string): readonly bigint[] | undefined {
  const groups = text.split(':');
  const last = groups.at(-1) ?? '';
  const embedded = last.includes('.') ? parseIpv4(last) : undefined;
  const hex = embedded === undefined ? groups : groups.slice(0, -1);
  if (!hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const values = hex.map((group) => BigInt(`0x${group}`));
  return embedded === undefined ? values : [...values, embedded >> 16n, embedded & 0xffffn];
}

function joinGroups(groups: readonly bigint[]): bigint {
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}
