/** Distinguished names as text: `CN=Ada,O=Example`. Source: RFC 4514 sections 2 and 3. */
import { parseBer, readObjectIdentifier } from '../../base/parse-ber.ts';
import type { Element } from '../../base/parse-ber.ts';

/** RFC 4514 section 3; other attributes are named by their number. */
const NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
};
/** PrintableString, UTF8String, IA5String: their octets are UTF-8. */
const TEXT_TAGS: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16]);
const SPECIAL = /["+,;<>\\]|^[ #]| $/gu;
const CONTROL = /\p{Cc}|\p{Cf}/u;

/** The last part first, as the RFC asks; what is no name is empty. */
export function formatDistinguishedName(der: Buffer): string {
  const parts = parseBer(der)?.children ?? [];
  return parts
    .map(({ children }) => children.map(formatAttribute).join('+'))
    .toReversed()
    .join(',');
}

function formatAttribute({ children }: Element): string {
  const [type, value] = children;
  const id = readObjectIdentifier(type) ?? '';
  const text = value?.content.toString('utf8') ?? '';
  const name = NAMES[id];
  if (name !== undefined && TEXT_TAGS.has(value?.tag ?? 0) && !CONTROL.test(text)) {
    return `${name}=${text.replaceAll(SPECIAL, (character) => `\\${character}`)}`;
  }
  return `${name ?? id}=#${value?.raw.toString('hex') ?? ''}`;
}
