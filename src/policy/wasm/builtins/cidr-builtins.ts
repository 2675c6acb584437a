/** The functions on ranges of addresses that OPA does not compile into WASM. */
import { sortedSet } from '../compare-values.ts';
import { isRegoArray, regoInteger, RegoObject, RegoSet, type RegoValue } from '../rego-value.ts';
import {
  formatAddress,
  isWithin,
  parseAddress,
  parseRange,
  rangeOf,
  type AddressRange,
} from './address-range.ts';
import {
  BuiltinError,
  BuiltinLimitError,
  type BuiltinContext,
  type BuiltinFamily,
} from './builtin.ts';
import { BUILTIN_LIMITS } from './limits.ts';
import { itemsOf, textOperand } from './operand.ts';

/** By their Rego name. */
export const CIDR_BUILTINS: BuiltinFamily = {
  'net.cidr_contains_matches': ([ranges, addresses], context) =>
    matchAll(ranges, addresses, context),
  'net.cidr_expand': (operands) => expandRange(readRange(textOperand(operands, 0))),
  'net.cidr_is_valid': ([text]) => typeof text === 'string' && parseRange(text) !== undefined,
  'net.cidr_merge': ([ranges]) => {
    const items = itemsOf(ranges);
    if (items === undefined) throw new BuiltinError('operand must be an array');
    return sortedSet(mergeRanges(items.map(readNetwork)));
  },
};

function readRange(text: string): AddressRange {
  const range = parseRange(text);
  if (range !== undefined) return range;
  throw new BuiltinError(`invalid CIDR address: ${text}`);
}

function expandRange({ bits, first, last }: AddressRange): RegoValue {
  const length = last - first + 1n;
  // A range of IPv6 has more addresses than there is memory.
  if (length > BigInt(BUILTIN_LIMITS.items)) {
    throw new BuiltinLimitError(`the range has more than ${BUILTIN_LIMITS.items} addresses`);
  }
  return sortedSet(
    Array.from({ length: Number(length) }, (_, index) =>
      formatAddress({ bits, first: first + BigInt(index) }),
    ),
  );
}

/** Parsing and comparing one pair takes some microseconds. */
const PAIR_FUEL = 1000;

function matchAll(
  ranges: RegoValue | undefined,
  addresses: RegoValue | undefined,
  { spend }: BuiltinContext,
): RegoValue {
  const others = readEntries(addresses, 2);
  const matches = readEntries(ranges, 1).flatMap(([index, range]) => {
    spend?.(others.length * PAIR_FUEL);
    return others
      .filter(([, address]) => containsAddress(range, address))
      .map(([otherIndex]) => [index, otherIndex]);
  });
  return sortedSet(matches);
}

/** Index and text of each item: of a string itself, of an array its positions, of a set its items, of an object its keys. */
function readEntries(
  value: RegoValue | undefined,
  operand: number,
): readonly (readonly [RegoValue, RegoValue])[] {
  if (typeof value === 'string') return [[value, value]];
  const textOf = (item: RegoValue): RegoValue => {
    const text = isRegoArray(item) ? item[0] : item;
    if (text !== undefined && (typeof item === 'string' || isRegoArray(item))) return text;
    throw new BuiltinError(`operand ${operand}: element must be string or non-empty array`);
  };
  if (value instanceof RegoSet) return value.items.map((item) => [item, textOf(item)]);
  if (value instanceof RegoObject) return value.entries.map(([key, item]) => [key, textOf(item)]);
  if (value === undefined || !isRegoArray(value)) return [];
  return value.map((item, index) => [regoInteger(index), textOf(item)]);
}

function containsAddress(rangeText: RegoValue, text: RegoValue): boolean {
  const range = readRange(textOperand([rangeText], 0));
  const written = textOperand([text], 0);
  const address = parseAddress(written);
  if (address !== undefined) return isWithin(range, address);
  const other = parseRange(written);
  if (other !== undefined) return isWithin(range, other, other.last);
  throw new BuiltinError(`not a valid textual representation of an IP address or CIDR: ${written}`);
}

interface Network {
  readonly range: AddressRange;
  /** How it prints if nothing joins it. */
  readonly text: string;
}

/** A range, or one IPv4 address, which stands for the network of its class (RFC 791), as in OPA. */
function readNetwork(item: RegoValue): Network {
  if (typeof item !== 'string') throw new BuiltinError('element must be string');
  const address = parseAddress(item);
  if (address === undefined) {
    const range = readRange(item);
    return { range, text: `${formatAddress(range)}/${range.prefix}` };
  }
  if (address.bits === 128) throw new BuiltinError('IPv6 invalid: needs prefix length');
  const first = address.first >> 24n;
  const prefix = first < 128n ? 8 : first < 192n ? 16 : 24;
  const range = rangeOf(address.first, prefix, 32);
  return { range, text: `${formatAddress(address)}/${prefix}` };
}

/** Ranges that overlap or adjoin become the fewest that cover them. */
function mergeRanges(networks: readonly Network[]): readonly string[] {
  const sorted = networks.toSorted(
    ({ range: a }, { range: b }) =>
      a.bits - b.bits || compareBig(a.last, b.last) || compareBig(a.first, b.first),
  );
  const merged: (Pick<AddressRange, 'bits' | 'first' | 'last'> & { readonly text?: string })[] = [];
  for (const { range, text } of sorted) {
    let first = range.first;
    let isJoined = false;
    for (
      let last = merged.at(-1);
      last?.bits === range.bits && last.last + 1n >= first;
      last = merged.at(-1)
    ) {
      if (last.first < first) first = last.first;
      isJoined = true;
      merged.pop();
    }
    const { bits, last } = range;
    merged.push(isJoined ? { bits, first, last } : { bits, first, last, text });
  }
  return merged.flatMap(({ text, ...range }) => (text === undefined ? splitRange(range) : [text]));
}

/** The fewest ranges with a prefix that cover the addresses from the first to the last. */
function splitRange({
  bits,
  first,
  last,
}: Pick<AddressRange, 'bits' | 'first' | 'last'>): readonly string[] {
  const texts: string[] = [];
  for (let from = first; from <= last;) {
    let hostBits = 0;
    while (
      hostBits < bits &&
      from % (1n << BigInt(hostBits + 1)) === 0n &&
      from + (1n << BigInt(hostBits + 1)) - 1n <= last
    ) {
      hostBits += 1;
    }
    texts.push(`${formatAddress({ bits, first: from })}/${bits - hostBits}`);
    from += 1n << BigInt(hostBits);
  }
  return texts;
}

function compareBig(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
