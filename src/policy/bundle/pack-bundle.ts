/** A bundle as one file: a gzipped tar archive, which `opa` reads, too. */
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { errorCode } from '../../base/error-details.ts';
import type { BundleFiles, BundleReading } from './bundle-files.ts';
import { formatArchive } from './format-archive.ts';
import { parseArchive } from './parse-archive.ts';
import { BUNDLE_LIMITS } from './settings.ts';

const FILES_MAX = BUNDLE_LIMITS['bundle.filesMax'].default;
const NAME_BYTES_MAX = BUNDLE_LIMITS['bundle.nameBytesMax'].default;
const UNPACKED_BYTES_MAX = BUNDLE_LIMITS['bundle.unpackedBytesMax'].default;

/** Where the header of a gzip file names the operating system (RFC 1952, section 2.3), and "unknown". */
const GZIP_SYSTEM_OFFSET = 9;
const GZIP_SYSTEM_UNKNOWN = 255;

/** Packs the files. The same files give the same bytes with the same version of Node. */
export async function packBundle(files: BundleFiles): Promise<Uint8Array> {
  // Node writes no time into the header, but the system that it was built for.
  const packed = await promisify(gzip)(formatArchive(files), {
    level: constants.Z_BEST_COMPRESSION,
  });
  packed[GZIP_SYSTEM_OFFSET] = GZIP_SYSTEM_UNKNOWN;
  return packed;
}

/** Unpacks an archive within its limits, beside the thread that admits. Never rejects. */
export async function unpackBundle(packed: Uint8Array): Promise<BundleReading<BundleFiles>> {
  const tar = await decompressBundle(packed);
  return tar.ok
    ? parseArchive(tar.value, { filesMax: FILES_MAX, nameBytesMax: NAME_BYTES_MAX })
    : tar;
}

/** The tar of an archive, within its limits. Never rejects. */
export async function decompressBundle(packed: Uint8Array): Promise<BundleReading<Uint8Array>> {
  try {
    // The limit ends the unpacking: a bomb costs no more memory than a large bundle.
    const tar = await promisify(gunzip)(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
    return { ok: true, value: tar };
  } catch (fault) {
    return {
      ok: false,
      reason:
        errorCode(fault) === 'ERR_BUFFER_TOO_LARGE'
          ? `it is larger than ${UNPACKED_BYTES_MAX} bytes when it is unpacked`
          : 'it is no gzipped archive, or it is damaged',
    };
  }
}
