/** `uuid.parse`. Source: RFC 9562, and DCE 1.1 for version 2. */
import { regoInteger, RegoObject, type RegoValue } from '../rego-value.ts';
import type { BuiltinFamily } from './builtin.ts';
import { textOperand } from './operand.ts';

/** By their Rego name. */
export const UUID_BUILTINS: BuiltinFamily = {
  'uuid.parse': (operands) => parseUuid(textOperand(operands, 0)),
};

const HYPHENATED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DOMAINS = ['Person', 'Group', 'Org'];
/** From the start of the Gregorian calendar to that of Unix, in units of 100 ns. */
const GREGORIAN_TO_UNIX = 122_192_928_000_000_000n;

/** Undefined for what is no UUID, as in OPA. */
function parseUuid(text: string): RegoValue | undefined {
  const hex = readHex(text);
  if (hex === undefined) return undefined;
  const version = Number.parseInt(hex.slice(12, 13), 16);
  const members: [string, RegoValue][] = [
    ['variant', variantOf(Number.parseInt(hex.slice(16, 18), 16))],
    ['version', regoInteger(version)],
  ];
  if (version === 1 || version === 2) members.push(...timeMembers(hex));
  if (version === 2) {
    const domain = Number.parseInt(hex.slice(18, 20), 16);
    members.push(['domain', DOMAINS[domain] ?? `Domain${domain}`]);
    members.push(['id', regoInteger(Number.parseInt(hex.slice(0, 8), 16))]);
  }
  return new RegoObject(members.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Also as a URN, in braces, and without hyphens. */
function readHex(text: string): string | undefined {
  const bare =
    /^urn:uuid:/i.test(text) && text.length === 45
      ? text.slice(9)
      : text.length === 38
        ? text.slice(1, -1)
        : text;
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  return HYPHENATED.test(bare) ? bare.replaceAll('-', '').toLowerCase() : undefined;
}

function variantOf(byte: number): string {
  if ((byte & 0xc0) === 0x80) return 'RFC4122';
  if ((byte & 0xe0) === 0xc0) return 'Microsoft';
  return (byte & 0xe0) === 0xe0 ? 'Future' : 'Reserved';
}

function timeMembers(hex: string): readonly [string, RegoValue][] {
  const node = hex.slice(20);
  const low = hex.slice(0, 8);
  const ticks = BigInt(`0x${hex.slice(13, 16)}${hex.slice(8, 12)}${low}`);
  return [
    ['clocksequence', regoInteger(Number.parseInt(hex.slice(16, 20), 16) & 0x3fff)],
    ['macvariables', addressKind(Number.parseInt(node.slice(0, 2), 16))],
    ['nodeid', (node.match(/../g) ?? []).join('-')],
    ['time', regoInteger((ticks - GREGORIAN_TO_UNIX) * 100n)],
  ];
}

/** RFC 7042 section 2.1: the two lowest bits of the first byte of a MAC address. */
function addressKind(byte: number): string {
  return `${(byte & 2) === 0 ? 'global' : 'local'}:${(byte & 1) === 0 ? 'unicast' : 'multicast'}`;
}
