/**
 * The last good bundle of a server or a registry, kept on disk: a process starts without them. What is read from there is verified
 * as if it came from there, because others may write to the disk.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readBounded } from '../../base/read-bounded.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { writeWholeFile } from '../../base/write-whole-file.ts';
import { BUNDLE_LIMITS } from './settings.ts';

const ARCHIVE_FILE = 'bundle.tar.gz';
const ORIGIN_FILE = 'origin.json';
/** A place and an ETag, which are limited themselves. */
const ORIGIN_BYTES_MAX = 16 * 1024;

const originSchema = z.strictObject({ place: z.string(), etag: z.string(), sha256: z.string() });

/** Where the bundle is kept. */
export function keptBundlePath(folder: string): string {
  return join(folder, ARCHIVE_FILE);
}

/**
 * The ETag of what is kept; `undefined` where it must be sent again: nothing is kept, it is of another place, or it was
 * changed since.
 */
export async function readKeptEtag(
  folder: string,
  place: string,
): Promise<string | undefined> {
  const read = await readBounded(join(folder, ORIGIN_FILE), ORIGIN_BYTES_MAX);
  if (!read.ok) return undefined;
  // Flat, as it was written.
  const written = parseStrictJson(read.bytes, { depthMax: 2 });
  const origin = originSchema.safeParse(written.ok ? written.value : undefined);
  if (!origin.success || origin.data.place !== place) return undefined;
  const archiveBytesMax = BUNDLE_LIMITS['bundle.archiveBytesMax'].default;
  const kept = await readBounded(keptBundlePath(folder), archiveBytesMax);
  return kept.ok && hash(kept.bytes) === origin.data.sha256 ? origin.data.etag : undefined;
}

export interface FetchedBundle {
  /** A URL, or a reference of a registry. */
  readonly place: string;
  readonly bytes: Uint8Array;
  /** Absent: the bundle is sent again each time. */
  readonly etag: string | undefined;
}

/** Replaces what is kept; a process that is killed meanwhile leaves the old bundle or the new one. Rejects where the disk does. */
export async function keepBundle(
  folder: string,
  { place, bytes, etag }: FetchedBundle,
): Promise<void> {
  await writeWholeFile(folder, ARCHIVE_FILE, bytes);
  // After the archive, whose hash it names: between the two, the bundle is asked for without an ETag.
  const origin = { place, etag: etag ?? '', sha256: etag === undefined ? '' : hash(bytes) };
  await writeWholeFile(folder, ORIGIN_FILE, `${JSON.stringify(origin)}\n`);
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
