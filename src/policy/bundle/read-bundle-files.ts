/** Reads the files of a bundle from a disk: a folder, or an archive. */
import { lstat, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFileError } from '../../base/describe-file-error.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { refuseFileName, type BundleFiles, type BundleReading } from './bundle-files.ts';
import { unpackBundle } from './pack-bundle.ts';
import { BUNDLE_LIMITS } from './settings.ts';

const ARCHIVE_BYTES_MAX = BUNDLE_LIMITS['bundle.archiveBytesMax'].default;
const UNPACKED_BYTES_MAX = BUNDLE_LIMITS['bundle.unpackedBytesMax'].default;
const FILES_MAX = BUNDLE_LIMITS['bundle.filesMax'].default;
const NAME_BYTES_MAX = BUNDLE_LIMITS['bundle.nameBytesMax'].default;

/** Reads a folder or an archive, within the limits. Never rejects. */
export async function readBundleFiles(path: string): Promise<BundleReading<BundleFiles>> {
  try {
    return (await stat(path)).isDirectory() ? await readFolder(path) : await readArchive(path);
  } catch (fault) {
    return { ok: false, reason: describeFileError(fault) };
  }
}

async function readArchive(path: string): Promise<BundleReading<BundleFiles>> {
  const read = await readBounded(path, ARCHIVE_BYTES_MAX);
  return read.ok ? unpackBundle(read.bytes) : read;
}

async function readFolder(folder: string): Promise<BundleReading<BundleFiles>> {
  const files = new Map<string, Uint8Array>();
  const folders = [''];
  let bytes = 0;
  let entries = 0;
  for (const below of folders) {
    for await (const entry of await opendir(join(folder, below))) {
      const name = `${below}${entry.name}`;
      entries += 1;
      if (entries > FILES_MAX) return { ok: false, reason: `it has more than ${FILES_MAX} files` };
      // Where Kubernetes mounts a ConfigMap or a Secret, this is the folder of the links beside it.
      if (below === '' && entry.name.startsWith('..')) continue;
      const reason = refuseFileName(name, NAME_BYTES_MAX);
      if (reason !== undefined) return { ok: false, reason };
      if (entry.isDirectory()) {
        folders.push(`${name}/`);
        continue;
      }
      const refusal = await refuseKind(folder, name);
      if (refusal !== undefined) return { ok: false, reason: refusal };
      const read = await readBounded(join(folder, name), UNPACKED_BYTES_MAX - bytes);
      if (!read.ok) return { ok: false, reason: `"${name}": ${read.reason}` };
      bytes += read.bytes.length;
      files.set(name, read.bytes);
    }
  }
  return { ok: true, value: files };
}

/** The files of a mounted ConfigMap are links to files; a device would be read for ever, and a linked folder twice. */
async function refuseKind(folder: string, name: string): Promise<string | undefined> {
  const target = await stat(join(folder, name));
  if (target.isFile()) return undefined;
  const isLink = (await lstat(join(folder, name))).isSymbolicLink();
  return `"${name}" is ${isLink ? 'a link to something else than a file' : 'no file'}`;
}
