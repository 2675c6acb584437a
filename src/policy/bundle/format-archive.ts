/**
 * Writes the files of a bundle as a tar archive: the same files give the same bytes, wherever and whenever they are packed.
 *
 * Source: POSIX.1-2017 pax, ustar interchange format.
 */
import type { BundleFiles } from './bundle-files.ts';
import { checksumOf, TAR_BLOCK_BYTES } from './parse-archive.ts';

/** Like `opa build`: OPA finds the files by names that begin with a slash. */
const ROOT = '/';
/** Two blocks of zeros end an archive. */
const END_BLOCKS = 2;

/**
 * The archive, in the order of the names. No time, owner or umask is in it. A name that has no room in a header is an error of the
 * caller, who limits names.
 */
export function formatArchive(files: BundleFiles): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const padding = (TAR_BLOCK_BYTES - (bytes.length % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
    parts.push(formatHeader(ROOT + name, bytes.length), bytes, new Uint8Array(padding));
  }
  parts.push(new Uint8Array(END_BLOCKS * TAR_BLOCK_BYTES));
  return Buffer.concat(parts);
}

function formatHeader(path: string, sizeBytes: number): Uint8Array {
  const header = Buffer.alloc(TAR_BLOCK_BYTES);
  const { name, prefix } = splitPath(path);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  header.write(prefix, 345);
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** A long path is cut at a slash: at most 155 bytes before it, at most 100 after it. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/', 1); at !== -1; at = path.indexOf('/', at + 1)) {
    const prefix = path.slice(0, at);
    const name = path.slice(at + 1);
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { name, prefix };
  }
  throw new RangeError(`The file name "${path}" is too long for an archive`);
}
