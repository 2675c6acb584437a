/**
 * Reads a tar archive (POSIX ustar) that holds a bundle. Strict: what two readers could read differently is refused, because the
 * files that are verified must be those that are used.
 *
 * Source: POSIX.1-2017 pax, ustar interchange format.
 */
import { refuseFileName, type BundleFiles, type BundleReading } from './bundle-files.ts';

/** A header has one block, and content fills whole ones. */
export const TAR_BLOCK_BYTES = 512;

export interface ArchiveLimits {
  readonly filesMax: number;
  readonly nameBytesMax: number;
}

type Entry =
  | { readonly kind: 'file' | 'folder'; readonly name: string; readonly sizeBytes: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** The files, by name without the leading `/` or `./` that tools write. Folders are left out. */
export function parseArchive(
  tar: Uint8Array,
  { filesMax, nameBytesMax }: ArchiveLimits,
): BundleReading<BundleFiles> {
  const files = new Map<string, Uint8Array>();
  let entries = 0;
  let offset = 0;
  for (;;) {
    const header = tar.subarray(offset, offset + TAR_BLOCK_BYTES);
    if (header.length < TAR_BLOCK_BYTES) return refused('it ends before its end mark');
    if (isZero(header)) break;
    // Folders count, too: a million of them take as long to read.
    entries += 1;
    if (entries > filesMax) return refused(`it has more than ${filesMax} files`);
    const entry = readHeader(header, nameBytesMax);
    if (entry.kind === 'refused') return refused(entry.reason);
    const start = offset + TAR_BLOCK_BYTES;
    const end = start + entry.sizeBytes;
    if (end > tar.length) return refused(`it ends within "${entry.name}"`);
    offset = start + Math.ceil(entry.sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
    if (entry.kind === 'folder') continue;
    // The last one would win in one reader, the first one in another.
    if (files.has(entry.name)) return refused(`it holds "${entry.name}" twice`);
    files.set(entry.name, tar.subarray(start, end));
  }
  if (!isZero(tar.subarray(offset))) return refused('it goes on after its end mark');
  return { ok: true, value: files };
}

function readHeader(header: Uint8Array, nameBytesMax: number): Entry {
  if (readOctal(header, 148, 8) !== checksumOf(header)) {
    return { kind: 'refused', reason: 'it is no tar archive, or a header of it is damaged' };
  }
  const written = readName(header);
  const type = String.fromCharCode(Number(header[156]));
  const shown = JSON.stringify(written);
  // A link could name what lies outside the bundle, and a header of another format another name than this one.
  if (type !== '0' && type !== '\0' && type !== '5') {
    return { kind: 'refused', reason: `its entry ${shown} ${describeType(type)}` };
  }
  const sizeBytes = readOctal(header, 124, 12);
  if (sizeBytes === undefined) {
    return { kind: 'refused', reason: `the size of its entry ${shown} cannot be read` };
  }
  const plain = written.replace(/^(?:\/|\.\/)/u, '');
  if (type === '5') return { kind: 'folder', name: plain, sizeBytes };
  const reason = refuseFileName(plain, nameBytesMax);
  return reason === undefined
    ? { kind: 'file', name: plain, sizeBytes }
    : { kind: 'refused', reason };
}

function describeType(type: string): string {
  switch (type) {
    case '1':
    case '2':
      return 'is a link: a bundle holds files alone';
    case 'x':
    case 'g':
    case 'L':
      return 'is an extended header: pack with tar --format=ustar, and with names of at most 100 characters';
    default:
      return 'is no file: a bundle holds files alone';
  }
}

/** The prefix is used for names of more than 100 bytes. */
function readName(header: Uint8Array): string {
  const name = readText(header, 0, 100);
  const isUstar = readText(header, 257, 5) === 'ustar' && header[262] === 0;
  const prefix = isUstar ? readText(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function readText(header: Uint8Array, offset: number, length: number): string {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    end === -1 ? field : field.subarray(0, end),
  );
}

/** `undefined` for what is no octal number, so also for the binary numbers of GNU tar. */
function readOctal(header: Uint8Array, offset: number, length: number): number | undefined {
  const text = readText(header, offset, length).trim();
  return /^[0-7]{1,12}$/u.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** The sum of the bytes, those of the checksum itself as spaces. */
export function checksumOf(header: Uint8Array): number {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  return sum;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function refused(reason: string): BundleReading<BundleFiles> {
  return { ok: false, reason };
}
