/** Reads one file of a small gzipped tar archive (POSIX ustar), as `opa build` writes it. */
import { gunzipSync } from 'node:zlib';

/** Source: POSIX.1-2017 pax, ustar interchange format. */
const BLOCK_BYTES = 512;
/** A bundle is about 1 MiB; a larger archive is not one. */
const ARCHIVE_BYTES_MAX = 256 * 1024 * 1024;

/** The bytes of the named entry, or `undefined` if the archive has none with that name. */
export function readTarEntry(archive: Uint8Array, name: string): Uint8Array | undefined {
  const tar = gunzipSync(archive, { maxOutputLength: ARCHIVE_BYTES_MAX });
  let offset = 0;
  while (offset + BLOCK_BYTES <= tar.length) {
    const entryName = readText(tar, offset, 100);
    if (entryName === '') return undefined;
    const size = Number.parseInt(readText(tar, offset + 124, 12), 8) || 0;
    const start = offset + BLOCK_BYTES;
    if (entryName === name) return tar.subarray(start, start + size);
    offset = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return undefined;
}

function readText(tar: Uint8Array, offset: number, length: number): string {
  const field = tar.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return new TextDecoder('latin1').decode(end === -1 ? field : field.subarray(0, end)).trim();
}
