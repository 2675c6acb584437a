/** Values within a DER element, as Go's JSON has them. Source: ITU-T X.690. */
import { readObjectIdentifier, TAGS, type Element } from '../../../../base/parse-ber.ts';
import { BuiltinError } from '../builtin.ts';

/** What a certificate that cannot be read is. */
export function malformed(what: string): BuiltinError {
  return new BuiltinError(`x509: malformed certificate: ${what}`);
}

/** A signed whole number of any size. */
export function readInteger(element: Element | undefined): bigint {
  if (element?.tag !== TAGS.integer || element.content.length === 0) throw malformed('no integer');
  const { content } = element;
  return BigInt.asIntN(content.length * 8, BigInt(`0x${content.toString('hex')}`));
}

/** A bit string of whole octets. */
export function readBits(element: Element | undefined): Buffer {
  if (element?.tag !== TAGS.bitString || element.content[0] === undefined) {
    throw malformed('no bit string');
  }
  return element.content.subarray(1);
}

/** `[2, 5, 29, 14]`. */
export function readArcs(element: Element | undefined): readonly number[] {
  return readIdentifier(element).split('.').map(Number);
}

/** `2.5.29.14`. */
export function readIdentifier(element: Element | undefined): string {
  const identifier = readObjectIdentifier(element);
  if (identifier === undefined) throw malformed('no object identifier');
  return identifier;
}

const BMP_STRING = 0x1e;

/** A text of a name. */
export function readText({ tag, content }: Element): string {
  if (tag === BMP_STRING) return readBmpText(content);
  return content.toString(tag === TAGS.utf8String ? 'utf8' : 'latin1');
}

/** Two octets for each unit of UTF-16; Go leaves a zero at the end out. */
function readBmpText(content: Buffer): string {
  if (content.length % 2 !== 0) throw malformed('invalid BMPString');
  return Buffer.from(content).swap16().toString('utf16le').replace(/\0$/, '');
}

/** The element under a tag of its context: `[0]` is 0x80, or 0xa0 where it holds others. */
export function findTagged(element: Element | undefined, number: number): Element | undefined {
  return element?.children.find(({ tag }) => tag === (0x80 | number) || tag === (0xa0 | number));
}
