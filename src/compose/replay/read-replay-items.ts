/** What is replayed, one by one: journals of any size, files of lines of any length that a line may have, and files of reviews. */
import { createReadStream, statSync } from 'node:fs';
import { readJournals } from '../../audit/export/read-journal.ts';
import { matchEntry, type EntryFilter } from '../../audit/query/match-entry.ts';
import { parseRecord } from '../../audit/journal/parse-record.ts';
import { describeFileError } from '../../base/describe-file-error.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { HoldfastError } from '../../errors.ts';
import { MIB } from '../../settings/limit.ts';
import { parseEvaluationInput } from '../evaluate/parse-evaluation-input.ts';
import { parseReplayLine, parseReplayRecord, type ReplayedRecord } from './parse-replay-line.ts';

export type ReplayItem =
  | { readonly kind: 'record'; readonly source: string; readonly record: ReplayedRecord }
  | { readonly kind: 'review'; readonly source: string; readonly bytes: Uint8Array }
  | { readonly kind: 'unreadable'; readonly source: string; readonly reason: string };

export type ReplaySource = ReplayFile | ReplayStream;

export interface ReplayFile {
  /** As the user gave it. */
  readonly shown: string;
  readonly path: string;
}

/** What another program keeps, message by message. */
export interface ReplayStream {
  readonly shown: string;
  /** Each is a record, or the entry of a journal around one. Throws where it cannot be read. */
  readonly messages: () => AsyncIterable<Uint8Array>;
}

/** Above the largest record, and above what an API server sends. */
const LINE_BYTES_MAX = 8 * MIB;
/** As of every file of reviews that a command reads. */
const FILE_BYTES_MAX = 64 * MIB;
const NEWLINE = 0x0a;

/** Every record and review that meets the filter, which reviews always do. Throws where a source cannot be read. */
export async function* readReplayItems(
  sources: readonly ReplaySource[],
  filter: EntryFilter,
): AsyncGenerator<ReplayItem> {
  for (const source of sources) {
    if ('messages' in source) yield* readStream(source, filter);
    else if (isFolder(source)) yield* readFolder(source, filter);
    else yield* readFile(source, filter);
  }
}

function isFolder({ path, shown }: ReplayFile): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    const message = `Cannot read "${shown}": ${describeFileError(cause)}`;
    throw new HoldfastError('input_unreadable', message, { cause });
  }
}

async function* readStream(
  { shown, messages }: ReplayStream,
  filter: EntryFilter,
): AsyncGenerator<ReplayItem> {
  let number = 0;
  for await (const message of messages()) {
    number += 1;
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    const item = parseLine(bytes, `${shown}#message ${String(number)}`);
    if (item.kind !== 'record' || isWanted(bytes, filter)) yield item;
  }
}

async function* readFolder(
  { path, shown }: ReplayFile,
  filter: EntryFilter,
): AsyncGenerator<ReplayItem> {
  for await (const { entry } of readJournals([path], filter)) {
    const record = parseReplayRecord(entry.recordJson);
    const source = `${shown}#${String(entry.sequence)}`;
    if (record !== undefined) yield { kind: 'record', source: record.decisionId, record };
    else yield { kind: 'unreadable', source, reason: 'the entry is no record' };
  }
}

/** Lines where the first one is one of them, else a document. */
async function* readFile(source: ReplayFile, filter: EntryFilter): AsyncGenerator<ReplayItem> {
  let number = 0;
  for await (const line of readLines(source.path)) {
    number += 1;
    const item = parseLine(line, `${source.shown}#line ${String(number)}`);
    if (number === 1 && item.kind === 'unreadable') {
      yield* readDocument(source);
      return;
    }
    if (item.kind !== 'record' || isWanted(line, filter)) yield item;
  }
}

function parseLine(line: Buffer, place: string): ReplayItem {
  const parsed = parseReplayLine(line.toString('utf8'));
  if (parsed === undefined) {
    return { kind: 'unreadable', source: place, reason: 'neither a record nor a review' };
  }
  if (parsed.kind === 'review') return { kind: 'review', source: place, bytes: line };
  return { kind: 'record', source: parsed.record.decisionId, record: parsed.record };
}

function isWanted(line: Buffer, filter: EntryFilter): boolean {
  if (Object.values(filter).every((condition) => condition === undefined)) return true;
  const text = line.toString('utf8');
  const record = parseRecord(text) ?? parseRecord(JSON.stringify(memberOf(text)));
  return record === undefined || matchEntry(record, filter);
}

function memberOf(line: string): unknown {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null && 'record' in value ? value.record : null;
}

async function* readDocument({ path, shown }: ReplayFile): AsyncGenerator<ReplayItem> {
  const read = await readBounded(path, FILE_BYTES_MAX);
  if (!read.ok) {
    yield { kind: 'unreadable', source: shown, reason: read.reason };
    return;
  }
  const user = { username: 'developer', groups: ['system:authenticated'] };
  const { reviews, faults } = parseEvaluationInput(read.bytes, { file: shown, user, stored: [] });
  for (const { source, bytes } of reviews) yield { kind: 'review', source, bytes };
  for (const fault of faults) yield { kind: 'unreadable', ...fault };
}

/** Without those that are blank. What is too long is cut: it is no JSON then. */
async function* readLines(path: string): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let bytes = 0;
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: MIB });
  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      const part = chunk.subarray(start, end === -1 ? chunk.length : end);
      if (bytes < LINE_BYTES_MAX) begun.push(part);
      bytes += part.length;
      if (end === -1) break;
      const line = Buffer.concat(begun);
      if (isFilled(line)) yield line;
      begun = [];
      bytes = 0;
      start = end + 1;
    }
  }
  const last = Buffer.concat(begun);
  if (isFilled(last)) yield last;
}

function isFilled(line: Buffer): boolean {
  return line.some((byte) => byte > 0x20);
}
