/** Reads one file of a bundle that `opa build` wrote. */
import { gunzipSync } from 'node:zlib';
import { parseArchive } from '../policy/bundle/parse-archive.ts';
import { BUNDLE_LIMITS } from '../policy/bundle/settings.ts';

/** A bundle is about 1 MiB; a larger archive is not one. */
const ARCHIVE_BYTES_MAX = 256 * 1024 * 1024;

/** The bytes of the named file, or `undefined` if the archive has none with that name. Throws on what is no archive. */
export function readTarEntry(archive: Uint8Array, name: string): Uint8Array | undefined {
  const tar = gunzipSync(archive, { maxOutputLength: ARCHIVE_BYTES_MAX });
  const files = parseArchive(tar, {
    filesMax: BUNDLE_LIMITS['bundle.filesMax'].default,
    nameBytesMax: BUNDLE_LIMITS['bundle.nameBytesMax'].default,
  });
  if (!files.ok) throw new Error(`OPA wrote an archive that cannot be read: ${files.reason}`);
  return files.value.get(name.replace(/^\//u, ''));
}
