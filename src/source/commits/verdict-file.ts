/**
 * Verdicts that survive a restart, and which commits were verified, in one file that is written as a whole.
 *
 * Whoever can write this file decides what counts as verified: its folder belongs to this process alone (mode 0700).
 */
import { join } from 'node:path';
import { z } from 'zod';
import { isAbsent, readBounded } from '../../base/read-bounded.ts';
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { writeWholeFile } from '../../base/write-whole-file.ts';
import type { CommitConclusion } from './commit-fact.ts';
import type { KeptHistory } from './verified-history.ts';

/** A verdict under its key. */
export type KeptConclusion = readonly [key: string, verdict: CommitConclusion];

export interface VerdictFileContent {
  readonly verdicts: readonly KeptConclusion[];
  readonly history: readonly KeptHistory[];
}

export type VerdictFileReading =
  | { readonly status: 'read'; readonly content: VerdictFileContent }
  | { readonly status: 'absent' }
  | { readonly status: 'damaged'; readonly reason: string };

const NAME = 'verdicts.json';
/** A million verdicts of one kilobyte, the most that can be configured, would not fit; ten thousand take 10 MB. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;
const VERSION = 2;

const person = z.object({ name: z.string(), email: z.string() }).readonly();

const content = z
  .object({
    objectId: z.string(),
    author: person,
    committer: person,
    committedAt: z.string(),
    parents: z.array(z.string()).readonly(),
    signOffs: z.array(z.string()).readonly(),
  })
  .readonly();

const conclusion = z
  .discriminatedUnion('status', [
    z.object({
      status: z.literal('verified'),
      repository: z.string(),
      rule: z.string(),
      content,
      signers: z
        .array(
          z.object({
            scheme: z.enum(['openpgp', 'ssh', 'gitsign', 'x509']),
            identity: z.string(),
          }),
        )
        .readonly(),
    }),
    z.object({
      status: z.literal('rejected'),
      repository: z.string(),
      rule: z.string().optional(),
      range: z.enum(['head', 'since-verified']).optional(),
      code: z.string(),
      reason: z.string(),
      objectId: z.string(),
      content: content.optional(),
    }),
  ])
  .readonly();

const objectIds = z.array(z.string()).readonly();
const historyEntry = z.object({ commits: objectIds, tips: objectIds }).readonly();

const fileSchema = z.object({
  version: z.literal(VERSION),
  verdicts: z.array(z.tuple([z.string(), conclusion]).readonly()).readonly(),
  history: z.array(z.tuple([z.string(), historyEntry]).readonly()).readonly(),
});

/** Never rejects. */
export async function readVerdictFile(folder: string): Promise<VerdictFileReading> {
  const read = await readBounded(join(folder, NAME), FILE_BYTES_MAX);
  if (isAbsent(read)) return { status: 'absent' };
  if (!read.ok) return { status: 'damaged', reason: read.reason };
  const parsed = parseJsonAs(fileSchema, Buffer.from(read.bytes).toString('utf8'));
  if (parsed === undefined) {
    return { status: 'damaged', reason: 'it is not what this version writes' };
  }
  const { verdicts, history } = parsed;
  return { status: 'read', content: { verdicts, history } };
}

/** The file has all of it or is as before. Rejects where the disk does. */
export async function writeVerdictFile(folder: string, written: VerdictFileContent): Promise<void> {
  await writeWholeFile(folder, NAME, JSON.stringify({ version: VERSION, ...written }));
}
