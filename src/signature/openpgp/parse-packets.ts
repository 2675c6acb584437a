/**
 * The frame of OpenPGP packets: tags and lengths.
 *
 * A frame is checked in full before the library reads what is inside: the library returns part of a truncated packet, and reads
 * past the end of a list of subpackets.
 *
 * Source: RFC 9580 sections 4.2, 5.2.3.1, 5.2.3.7.
 */

/** One packet. */
export interface Packet {
  /** The type ID of the packet, 1 to 63. */
  readonly tag: number;
  readonly body: Uint8Array;
  /** Where the packet begins, in bytes from the start. */
  readonly offset: number;
}

/** The packets, or where the frame breaks. */
export type ParsedPackets =
  | { readonly status: 'parsed'; readonly packets: readonly Packet[] }
  | { readonly status: 'malformed'; readonly offset: number; readonly message: string };

/** What a packet of each type ID is. */
export const PACKET_TAGS = {
  signature: 2,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  compressedData: 8,
  marker: 10,
  literalData: 11,
  trust: 12,
  userId: 13,
  publicSubkey: 14,
  userAttribute: 17,
  padding: 21,
} as const;

interface Length {
  /** Bytes of the body. */
  readonly bytes: number;
  /** Bytes of the length itself. */
  readonly width: number;
}

/** Splits bytes into packets; every byte belongs to one. */
export function parsePackets(bytes: Uint8Array): ParsedPackets {
  const packets: Packet[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const first = readNumber(bytes, offset, 1);
    if (first < 0x80) return malformed(offset, 'a packet does not begin here');
    const isNewFormat = (first & 0x40) !== 0;
    const tag = isNewFormat ? first & 0x3f : (first >> 2) & 0x0f;
    const length = isNewFormat
      ? newLength(bytes, offset + 1)
      : oldLength(bytes, offset + 1, first & 0x03);
    // Partial and indeterminate lengths are for streams of data; no key or signature needs one.
    if (length === undefined) return malformed(offset, 'the packet has no definite length');
    const start = offset + 1 + length.width;
    const end = start + length.bytes;
    if (end > bytes.length) return malformed(offset, 'the packet ends after the data');
    packets.push({ tag, body: bytes.subarray(start, end), offset });
    offset = end;
  }
  return { status: 'parsed', packets };
}

/** Why the subpackets of a signature packet of version 4 or 6 do not fit into it; undefined if they do. */
export function findSubpacketFault(body: Uint8Array): string | undefined {
  const version = body[0];
  // Other versions are refused by the library.
  if (version !== 4 && version !== 6) return undefined;
  const width = version === 6 ? 4 : 2;
  let offset = 4;
  for (const area of ['hashed', 'unhashed']) {
    if (offset + width > body.length) return `the ${area} subpackets are missing`;
    const end = offset + width + readNumber(body, offset, width);
    if (end > body.length) return `the ${area} subpackets end after the packet`;
    offset += width;
    while (offset < end) {
      const length = subpacketLength(body, offset);
      const next = offset + length.width + length.bytes;
      if (length.bytes === 0 || next > end) return `one of the ${area} subpackets does not fit`;
      offset = next;
    }
  }
  return undefined;
}

function newLength(bytes: Uint8Array, at: number): Length | undefined {
  const first = bytes[at];
  if (first === undefined || (first >= 224 && first < 255)) return undefined;
  return subpacketLength(bytes, at);
}

/** The same encoding as of a packet, without partial lengths. */
function subpacketLength(bytes: Uint8Array, at: number): Length {
  const first = readNumber(bytes, at, 1);
  if (first < 192) return { bytes: first, width: 1 };
  if (first < 255) return { bytes: ((first - 192) << 8) + (bytes[at + 1] ?? 0) + 192, width: 2 };
  return { bytes: readNumber(bytes, at + 1, 4), width: 5 };
}

function oldLength(bytes: Uint8Array, at: number, lengthType: number): Length | undefined {
  if (lengthType === 3) return undefined;
  const width = 2 ** lengthType;
  return { bytes: readNumber(bytes, at, width), width };
}

/** Big-endian; what lies beyond the end counts as zero, and the caller's bound refuses it. */
function readNumber(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let index = 0; index < width; index += 1) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}

function malformed(offset: number, message: string): ParsedPackets {
  return { status: 'malformed', offset, message };
}
