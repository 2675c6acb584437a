/** Blocks of PEM (RFC 7468) and base64, as Go reads them. */
import { BuiltinError, BuiltinLimitError } from '../builtin.ts';

/** A block, decoded. */
export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY` … */
  readonly type: string;
  readonly bytes: Buffer;
}

/** A bundle of authorities has about 150 certificates; each block is looked for in the rest of the text. */
const BLOCKS_MAX = 300;
const BEGIN = '-----BEGIN ';
const DASHES = '-----';

/** Whether a text is PEM, at its first character. */
export function isPem(text: string): boolean {
  return text.startsWith(DASHES + BEGIN.slice(DASHES.length).trimEnd());
}

/** All blocks; what is no block is passed over. */
export function readPemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let from = 0;
  for (let tried = 0; ; tried += 1) {
    const start = findBegin(text, from);
    if (start === -1) return blocks;
    if (tried >= BLOCKS_MAX) {
      throw new BuiltinLimitError(`the text has more than ${BLOCKS_MAX} blocks of PEM`);
    }
    const block = readBlock(text, start);
    if (block !== undefined) blocks.push(block);
    from = block?.end ?? start + BEGIN.length;
  }
}

/** A block begins on a line of its own. */
function findBegin(text: string, from: number): number {
  if (from === 0 && text.startsWith(BEGIN)) return 0;
  const found = text.indexOf(`\n${BEGIN}`, Math.max(from - 1, 0));
  return found === -1 ? -1 : found + 1;
}

function readBlock(text: string, start: number): (PemBlock & { readonly end: number }) | undefined {
  const lineEnd = text.indexOf('\n', start);
  const line = text.slice(start + BEGIN.length, lineEnd === -1 ? undefined : lineEnd).trimEnd();
  if (lineEnd === -1 || !line.endsWith(DASHES)) return undefined;
  const type = line.slice(0, -DASHES.length);
  const footer = `${DASHES}END ${type}${DASHES}`;
  const footerStart = text.indexOf(footer, lineEnd);
  if (footerStart === -1 || text[footerStart - 1] !== '\n') return undefined;
  const lines = text.slice(lineEnd + 1, footerStart).split('\n');
  // Headers, such as those of an encrypted key, say nothing about the bytes.
  const body = lines.filter((one) => !one.includes(':')).join('');
  const bytes = decodeBase64(body.replace(/[ \t\r]/g, ''));
  return typeof bytes === 'number' ? undefined : { type, bytes, end: footerStart + footer.length };
}

/** Base64 with its padding; line ends within it do not count. */
export function readBase64(text: string): Buffer {
  const bytes = decodeBase64(text.replace(/[\r\n]/g, ''));
  if (typeof bytes !== 'number') return bytes;
  throw new BuiltinError(`illegal base64 data at input byte ${bytes}`);
}

/** The position of what is wrong, where something is. */
function decodeBase64(text: string): Buffer | number {
  const wrong = /[^A-Za-z0-9+/]/.exec(text)?.index ?? text.length;
  const padding = text.slice(wrong);
  const isWhole = text.length % 4 === 0 && (padding === '' || padding === '=' || padding === '==');
  return isWhole ? Buffer.from(text, 'base64') : wrong;
}
