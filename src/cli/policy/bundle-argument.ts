/** The bundle that a command is about: read by its own rules, before anybody trusts it. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { HoldfastError } from '../../errors.ts';
import type { BundleFiles } from '../../policy/bundle/bundle-files.ts';
import { readBundleFiles } from '../../policy/bundle/read-bundle-files.ts';
import { BUNDLE_LIMITS } from '../../policy/bundle/settings.ts';
import type { ArgumentDefinition, CommandContext } from '../command.ts';

const ARCHIVE_BYTES_MAX = BUNDLE_LIMITS['bundle.archiveBytesMax'].default;

/** For the commands that read one. */
export const bundleArgument: ArgumentDefinition = {
  name: 'BUNDLE',
  summary: 'a folder or an archive',
  required: true,
};

export interface BundleArchive {
  readonly files: BundleFiles;
  readonly archive: Uint8Array;
  /** The same without its compression. */
  readonly tar: Uint8Array;
}

/** Reads an archive as it is, and packs a folder. Throws `policy_bundle_invalid`. */
export async function readBundleArchive(
  context: CommandContext,
  bundle: string,
): Promise<BundleArchive> {
  const { path, files } = await readBundleArgument(context, bundle);
  const { decompressBundle, packBundle } = await import('../../policy/bundle/pack-bundle.ts');
  const read = (await stat(path)).isDirectory()
    ? { ok: true as const, bytes: await packBundle(files) }
    : await readBounded(path, ARCHIVE_BYTES_MAX);
  if (!read.ok) throw unreadable(bundle, read.reason);
  const tar = await decompressBundle(read.bytes);
  if (!tar.ok) throw unreadable(bundle, tar.reason);
  return { files, archive: read.bytes, tar: tar.value };
}

function unreadable(bundle: string, reason: string): HoldfastError {
  return new HoldfastError(
    'policy_bundle_invalid',
    `The policy bundle "${bundle}" cannot be read: ${reason}`,
  );
}

export interface NamedBundle {
  /** Absolute. */
  readonly path: string;
  readonly files: BundleFiles;
}

/** Reads its files, whatever they say. Throws `policy_bundle_invalid`. */
export async function readBundleArgument(
  context: CommandContext,
  bundle: string,
): Promise<NamedBundle> {
  const path = resolve(context.workingDirectory, bundle);
  const files = await readBundleFiles(path);
  if (files.ok) return { path, files: files.value };
  throw unreadable(bundle, files.reason);
}
