/** What is kept of a TUF repository on disk: the metadata that was verified, and the target that was read last. */
import { join } from 'node:path';
import { z } from 'zod';
import { parseJsonAs } from '../base/parse-json-as.ts';
import { isAbsent, readBounded } from '../base/read-bounded.ts';
import { writeWholeFile } from '../base/write-whole-file.ts';
import { TUF_LIMITS } from './settings.ts';
import { TUF_ROLES, type TufMetadata } from './tuf-library.ts';

/** Of one repository, by one first root. */
export interface KeptTuf {
  readonly metadata: TufMetadata;
  /** Absent until a refresh succeeds. */
  readonly target?: KeptTarget | undefined;
}

export interface KeptTarget {
  readonly text: string;
  /** When it was last known to be the current one, in milliseconds since the epoch. */
  readonly refreshedAtMs: number;
}

export type TufStoreReading =
  | { readonly status: 'read'; readonly kept: KeptTuf }
  | { readonly status: 'absent' }
  /** One sentence without a period. */
  | { readonly status: 'damaged'; readonly reason: string };

const VERSION = 1;
/** Each document once; JSON escapes their quotes and ends of lines. */
const FILE_BYTES_MAX = (TUF_ROLES.length + 1) * 2 * TUF_LIMITS['tuf.fileBytesMax'].default;

const schema = z.object({
  version: z.literal(VERSION),
  metadata: z.object({
    root: z.string(),
    timestamp: z.string().optional(),
    snapshot: z.string().optional(),
    targets: z.string().optional(),
  }),
  target: z.object({ text: z.string(), refreshedAtMs: z.number() }).optional(),
});

/** Whoever can write this folder decides whom Holdfast trusts: it belongs to this process alone (mode 0700). */
export async function readTufStore(folder: string, name: string): Promise<TufStoreReading> {
  const read = await readBounded(join(folder, name), FILE_BYTES_MAX);
  if (isAbsent(read)) return { status: 'absent' };
  if (!read.ok) return { status: 'damaged', reason: read.reason };
  const kept = parseJsonAs(schema, Buffer.from(read.bytes).toString('utf8'));
  return kept === undefined
    ? { status: 'damaged', reason: 'it is not what this version writes' }
    : { status: 'read', kept: { metadata: kept.metadata, target: kept.target } };
}

/** Rejects where the disk does. */
export async function writeTufStore(folder: string, name: string, kept: KeptTuf): Promise<void> {
  await writeWholeFile(folder, name, JSON.stringify({ version: VERSION, ...kept }));
}
