/** Opens the journals of a package for verification, line by line. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { readBounded } from '../../base/read-bounded.ts';
import { parseRecord } from '../journal/parse-record.ts';
import { REMOVED_FILE } from '../journal/segment-files.ts';
import type { StoredHead } from '../journal/stored-entry.ts';
import {
  parseRemoved,
  type RemovedSegment,
  parseSegmentMeta,
} from '../verify/parse-segment-meta.ts';
import type { StoredJournal, JournalRow, JournalSegment } from '../verify/stored-journal.ts';
import type { ReportFinding } from '../verify/verification-finding.ts';
import type { PackageManifest } from './package-manifest.ts';

// Far above the size that a journal writes: a larger line is not genuine.
const META_BYTES_MAX = 64 * 1024;
const REMOVED_BYTES_MAX = 16 * 1024 * 1024;

const entrySchema = z.object({
  sequence: z.int(),
  previousHash: z.string(),
  hash: z.string(),
  recordJson: z.string(),
});
const headSchema = z.object({ sequence: z.int(), timeMs: z.number().optional(), jws: z.string() });

/** One journal of a package. An export may begin anywhere; the signed manifest says where. */
export function openPackageJournals(
  folder: string,
  journal: PackageManifest['journals'][number],
): StoredJournal {
  const place = join(folder, journal.folder);
  const first = /\d{16}$/u.exec(journal.segments[0]?.name ?? '')?.[0];
  return {
    name: journal.folder,
    segments: (report) => openSegments(place, journal, report),
    removed: () => readRemoved(join(place, REMOVED_FILE)),
    statedBeginning: first === undefined ? undefined : Number(first),
  };
}

async function* openSegments(
  place: string,
  { segments }: PackageManifest['journals'][number],
  report: ReportFinding,
): AsyncGenerator<JournalSegment> {
  for (const [index, { name }] of segments.entries()) {
    const parsed = await readMeta(join(place, `${name}.meta.json`));
    if (!parsed.ok) {
      report({ kind: 'unreadable', file: name, message: `The segment: ${parsed.reason}` });
      continue;
    }
    yield {
      name,
      meta: parsed.meta,
      isLast: index === segments.length - 1,
      entries: () => readEntries(join(place, `${name}.records.jsonl`)),
      heads: () => readHeads(join(place, `${name}.heads.jsonl`)),
      finish: () => undefined,
    };
  }
}

async function readMeta(file: string): Promise<ReturnType<typeof parseSegmentMeta>> {
  const read = await readBounded(file, META_BYTES_MAX);
  if (!read.ok) return read;
  const parsed = z.record(z.string(), z.string()).safeParse(parseJson(textOf(read.bytes)));
  if (!parsed.success) return { ok: false, reason: 'its meta cannot be read' };
  return parseSegmentMeta(new Map(Object.entries(parsed.data)));
}

async function* readEntries(file: string): AsyncGenerator<JournalRow> {
  for await (const line of readLines(file)) {
    const entry = readRow(entrySchema, line);
    const time = parseRecord(entry.recordJson)?.time;
    yield { ...entry, timeMs: time === undefined ? undefined : Date.parse(time) };
  }
}

async function* readHeads(file: string): AsyncGenerator<StoredHead> {
  for await (const line of readLines(file)) {
    const { sequence, timeMs, jws } = readRow(headSchema, line);
    yield { sequence, timeMs, jws };
  }
}

async function readRemoved(file: string): Promise<readonly RemovedSegment[]> {
  if (!existsSync(file)) return [];
  const read = await readBounded(file, REMOVED_BYTES_MAX);
  if (!read.ok) return [];
  return textOf(read.bytes)
    .split('\n')
    .flatMap((line) => parseRemoved(line) ?? []);
}

function readRow<Row>(schema: z.ZodType<Row>, line: string): Row {
  const parsed = schema.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  throw new RangeError('a line of it is not what stands there');
}

function readLines(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Infinity });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
