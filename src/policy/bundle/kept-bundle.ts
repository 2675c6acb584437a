/**
 * The last good bundle of a server or a registry, kept on disk: a process starts without them. What is read from there is verified
 * as if it came from there, because others may write to the disk.
 */
import { webcrypto } from 'node:crypto';
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

const originSchema = z.strictObject({
  place: z.string(),
  etag: z.string(),
  sha256: z.string(),
  signedAtMs: z.number().min(0).max(8.64e15).optional(),
});

/** Where the bundle is kept. */
export function keptBundlePath(folder: string): string {
  return join(folder, ARCHIVE_FILE);
}

/** What is known of what is kept. */
export interface KeptOrigin {
  /** Absent: it must be sent again, as it was changed since, or had none. */
  readonly etag?: string | undefined;
  /** When the last bundle was signed that was taken from there. Absent: its signature did not say. */
  readonly signedAtMs?: number | undefined;
}

/** Of a bundle of this place; empty where nothing is kept, or it is of another one. */
export async function readKeptOrigin(folder: string, place: string): Promise<KeptOrigin> {
  const read = await readBounded(join(folder, ORIGIN_FILE), ORIGIN_BYTES_MAX);
  if (!read.ok) return {};
  // Flat, as it was written.
  const written = parseStrictJson(read.bytes, { depthMax: 2 });
  const origin = originSchema.safeParse(written.ok ? written.value : undefined);
  if (!origin.success || origin.data.place !== place) return {};
  const { etag, sha256, signedAtMs } = origin.data;
  const archiveBytesMax = BUNDLE_LIMITS['bundle.archiveBytesMax'].default;
  const kept = await readBounded(keptBundlePath(folder), archiveBytesMax);
  const isWhole = kept.ok && (await hash(kept.bytes)) === sha256;
  return { etag: isWhole ? etag : undefined, signedAtMs };
}

export interface FetchedBundle {
  /** A URL, or a reference of a registry. */
  readonly place: string;
  readonly bytes: Uint8Array;
  /** Absent: the bundle is sent again each time. */
  readonly etag: string | undefined;
  /** Absent: its signature does not say when it was made. */
  readonly signedAtMs?: number | undefined;
}

/** Replaces what is kept; a process that is killed meanwhile leaves the old bundle or the new one. Rejects where the disk does. */
export async function keepBundle(
  folder: string,
  { place, bytes, etag, signedAtMs }: FetchedBundle,
): Promise<void> {
  await writeWholeFile(folder, ARCHIVE_FILE, bytes);
  // After the archive, whose hash it names: between the two, the bundle is asked for without an ETag.
  const sha256 = etag === undefined ? '' : await hash(bytes);
  const origin = { place, etag: etag ?? '', sha256, signedAtMs };
  await writeWholeFile(folder, ORIGIN_FILE, `${JSON.stringify(origin)}\n`);
}

/** In a thread of the pool: an archive of many megabytes is hashed at each poll, and admission is judged on this one. */
async function hash(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}
