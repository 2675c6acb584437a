/** How far the file with the audit log was dealt with, kept beside the journal across a restart. */
import { join } from 'node:path';
import { z } from 'zod';
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { writeWholeFile } from '../../base/write-whole-file.ts';
import { KIB } from '../../settings/limit.ts';
import type { TailPosition } from './file-tail.ts';

const NAME = 'intake-audit-file.json';
/** A path has at most 4096 characters. */
const BYTES_MAX = 32 * KIB;

const keptSchema = z.object({
  path: z.string(),
  inode: z.string(),
  offset: z.int().min(0),
  print: z.string(),
});

export interface KeptPositionOptions {
  /** Of the journal. */
  readonly folder: string;
  /** Of the file that is followed: what is kept of another one does not count. */
  readonly path: string;
}

/** `undefined` where nothing is kept, or it cannot be read: the file is then followed from its end. */
export async function readKeptPosition({
  folder,
  path,
}: KeptPositionOptions): Promise<TailPosition | undefined> {
  const read = await readBounded(join(folder, NAME), BYTES_MAX);
  const kept = read.ok
    ? parseJsonAs(keptSchema, Buffer.from(read.bytes).toString('utf8'))
    : undefined;
  if (kept === undefined || kept.path !== path) return undefined;
  const { inode, offset, print } = kept;
  return { inode, offset, print };
}

/** Rejects where the disk does. */
export async function keepPosition(
  { folder, path }: KeptPositionOptions,
  position: TailPosition,
): Promise<void> {
  await writeWholeFile(folder, NAME, JSON.stringify({ path, ...position }));
}
