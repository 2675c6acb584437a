/** Writes DER, right or wrong, for tests of what reads it. */

/** One element: its tag and what it contains. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, content]);
}

/** SEQUENCE. */
export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

/** SET, in the given order. */
export function set(...parts: readonly Uint8Array[]): Buffer {
  return der(0x31, ...parts);
}

/** INTEGER of a small number that is not negative. */
export function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return der(0x02, (bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** OBJECT IDENTIFIER. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): readonly number[] {
  const digits = [arc & 0x7f];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift((rest & 0x7f) | 0x80);
  }
  return digits;
}

/** OCTET STRING. */
export function octets(value: Uint8Array): Buffer {
  return der(0x04, value);
}

/** BIT STRING of whole octets. */
export function bits(value: Uint8Array): Buffer {
  return der(0x03, Buffer.from([0]), value);
}

/** UTF8String. */
export function utf8(value: string): Buffer {
  return der(0x0c, Buffer.from(value));
}

const YEAR_OF_GENERALIZED_TIME = 2050;

/** As certificates have it: UTCTime before 2050 (RFC 5280 section 4.1.2.5). */
export function certificateTime(atMs: number): Buffer {
  const general = time(atMs);
  if (new Date(atMs).getUTCFullYear() >= YEAR_OF_GENERALIZED_TIME) return general;
  // Behind the tag, the length and the century.
  return der(0x17, general.subarray(4));
}

/** GeneralizedTime in whole seconds. */
export function time(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+/gu, '');
  return der(0x18, Buffer.from(digits));
}
