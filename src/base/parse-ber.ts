/**
 * ASN.1 by its encoding rules: BER in, elements out, DER again where a signature asks for it.
 *
 * BER, because gpgsm writes indefinite lengths; what no certificate or signature needs is refused (tags beyond 30, lengths beyond
 * four octets). Bounded in depth, and in size by the caller.
 *
 * Source: ITU-T X.690.
 */
/** One element with everything inside it. */
export interface Element {
  /** The identifier octet: class, constructed or not, and the number of the tag. */
  readonly tag: number;
  /** The whole element as received. */
  readonly raw: Buffer;
  /** Of a primitive element; empty for a constructed one. */
  readonly content: Buffer;
  /** Of a constructed element; empty for a primitive one. */
  readonly children: readonly Element[];
}

/** Identifier octets. */
export const TAGS = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  constructed0: 0xa0,
  constructed1: 0xa1,
  constructed3: 0xa3,
} as const;

/** A row of the table of limits: `signature.cms.depthMax`. */
export const BER_DEPTH_MAX = 48;
/** Object identifiers of certificates have about ten octets; a long arc would cost its square in time. */
const OBJECT_IDENTIFIER_BYTES_MAX = 64;
const CONSTRUCTED = 0x20;
const LONG_TAG = 0x1f;
const INDEFINITE = 0x80;

/** Exactly one element, without anything behind it; undefined where the bytes are none. */
export function parseBer(bytes: Buffer): Element | undefined {
  const found = readElement(bytes, 0, 0);
  return found?.end === bytes.length ? found.element : undefined;
}

/** The Distinguished Encoding Rules: definite lengths, and sets in order. */
export function formatDer(element: Element): Buffer {
  const { tag, content, children } = element;
  if ((tag & CONSTRUCTED) === 0) return frame(tag, content);
  const parts = children.map(formatDer);
  return frame(tag, Buffer.concat(tag === TAGS.set ? inOrder(parts) : parts));
}

/** A SET OF with these elements, whatever tag they came under (RFC 5652 section 5.4). */
export function formatSetOf(elements: readonly Element[]): Buffer {
  return frame(TAGS.set, Buffer.concat(inOrder(elements.map(formatDer))));
}

/** A SEQUENCE of encoded elements. */
export function formatSequence(parts: readonly Buffer[]): Buffer {
  return frame(TAGS.sequence, Buffer.concat(parts));
}

/** The octets of an OCTET STRING, in one piece or in several; undefined for anything else. */
export function readOctetString(element: Element | undefined): Buffer | undefined {
  if (element?.tag === TAGS.octetString) return element.content;
  if (element?.tag !== (TAGS.octetString | CONSTRUCTED)) return undefined;
  const parts = element.children.map((part) => readOctetString(part));
  return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
}

/** An OBJECT IDENTIFIER in dotted form; undefined for anything else. */
export function readObjectIdentifier(element: Element | undefined): string | undefined {
  if (element?.tag !== TAGS.objectIdentifier) return undefined;
  const { content } = element;
  if (content.length > OBJECT_IDENTIFIER_BYTES_MAX) return undefined;
  // The last octet of each arc has no continuation bit.
  const last = content.at(-1);
  if (last === undefined || (last & 0x80) !== 0) return undefined;
  const arcs: bigint[] = [];
  let arc = 0n;
  for (const octet of content) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if ((octet & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first = 0n, ...rest] = arcs;
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n;
  return [root, first - root * 40n, ...rest].join('.');
}

/** UTCTime or GeneralizedTime in whole seconds and UTC (RFC 5280 section 4.1.2.5); undefined for anything else. */
export function readTimeMs(element: Element | undefined): number | undefined {
  const text = element?.content.toString('latin1') ?? '';
  const digits = element?.tag === TAGS.utcTime ? withCentury(text) : text;
  if (element?.tag !== TAGS.utcTime && element?.tag !== TAGS.generalizedTime) return undefined;
  const fields = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/u.exec(digits)?.slice(1);
  if (fields === undefined) return undefined;
  const [year, month, day, hour, minute, second] = fields;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** 00 to 49 is this century (RFC 5280 section 4.1.2.5.1). */
function withCentury(text: string): string {
  return `${text < '5' ? '20' : '19'}${text}`;
}

interface Found {
  readonly element: Element;
  readonly end: number;
}

function readElement(bytes: Buffer, start: number, depth: number): Found | undefined {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (depth > BER_DEPTH_MAX || (tag & LONG_TAG) === LONG_TAG) return undefined;
  if (first === INDEFINITE) return readIndefinite(bytes, { tag, start, depth });
  const width = first < INDEFINITE ? 0 : first - INDEFINITE;
  const contentStart = start + 2 + width;
  if (width > 4 || contentStart > bytes.length) return undefined;
  const length = width === 0 ? first : bytes.readUIntBE(start + 2, width);
  const end = contentStart + length;
  if (end > bytes.length) return undefined;
  const raw = bytes.subarray(start, end);
  if ((tag & CONSTRUCTED) === 0) {
    const element = { tag, raw, content: bytes.subarray(contentStart, end), children: [] };
    return { element, end };
  }
  const children: Element[] = [];
  let at = contentStart;
  while (at < end) {
    const child = readElement(bytes.subarray(0, end), at, depth + 1);
    if (child === undefined) return undefined;
    children.push(child.element);
    at = child.end;
  }
  return { element: { tag, raw, content: bytes.subarray(0, 0), children }, end };
}

/** Children up to two zero octets. */
function readIndefinite(
  bytes: Buffer,
  { tag, start, depth }: { readonly tag: number; readonly start: number; readonly depth: number },
): Found | undefined {
  if ((tag & CONSTRUCTED) === 0) return undefined;
  const children: Element[] = [];
  let at = start + 2;
  while (at + 2 <= bytes.length) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) {
      const end = at + 2;
      const raw = bytes.subarray(start, end);
      return { element: { tag, raw, content: bytes.subarray(0, 0), children }, end };
    }
    const child = readElement(bytes, at, depth + 1);
    if (child === undefined) return undefined;
    children.push(child.element);
    at = child.end;
  }
  return undefined;
}

function frame(tag: number, content: Buffer): Buffer {
  if (content.length < INDEFINITE) {
    return Buffer.concat([Buffer.from([tag, content.length]), content]);
  }
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, INDEFINITE + length.length]), length, content]);
}

/** X.690 section 11.6: ascending, the shorter one padded with zeros. */
function inOrder(parts: readonly Buffer[]): readonly Buffer[] {
  return parts.toSorted((a, b) => Buffer.compare(a, b));
}
