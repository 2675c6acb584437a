/** The newest entries of journals, and then each new one as it becomes durable, across the change of segments. */
import { stat } from 'node:fs/promises';
import { systemWait } from '../../base/wait.ts';
import { HoldfastError } from '../../errors.ts';
import { describeFault, openSegment, type SegmentReader } from '../journal/open-segment.ts';
import { parseRecord } from '../journal/parse-record.ts';
import { listSegmentFiles, type SegmentFile } from '../journal/segment-files.ts';
import type { EntryFilter } from './match-entry.ts';
import { matchEntry } from './match-entry.ts';
import { originOf, searchJournals, type FoundEntry } from './search-journal.ts';

/** Longer than a file is unreadable while it is sealed or removed, even on a busy disk. */
const PATIENCE_MS = 10_000;

/** Much longer than the resolution of file times. */
const SETTLED_MS = 1_000;
/** Read in one pass and held in memory. */
const PASS_ENTRIES_MAX = 5_000;

export interface TailOptions {
  readonly filter: EntryFilter;
  /** How many of the newest entries to show first. */
  readonly lines: number;
  /** Continues until the signal; otherwise ends after the newest entries. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** The interval between two checks of the files. @default 200 */
  readonly pollMs?: number;
  /** How long a file may stay unreadable. @default 10,000 */
  readonly patienceMs?: number;
}

/** First in the order of time, then as they arrive. Ends without an error at the signal. */
export async function* tailJournals(
  folders: readonly string[],
  options: TailOptions,
): AsyncGenerator<FoundEntry> {
  const positions = await Promise.all(folders.map((folder) => Position.open(folder, options)));
  const newest: FoundEntry[] = [];
  for (const position of positions) newest.push(...(await position.newest()));
  const ordered = newest.toSorted((a, b) => timeOf(a) - timeOf(b));
  if (options.lines > 0) yield* ordered.slice(-options.lines);
  while (options.follow && !options.signal.aborted) {
    for (const position of positions) yield* position.appended();
    // Fast enough for a person who watches.
    await systemWait(options.pollMs ?? 200, options.signal);
  }
}

function timeOf({ entry }: FoundEntry): number {
  return Number(entry.index.timeMs);
}

/** The read position in one journal. */
class Position {
  readonly #folder: string;
  readonly #options: TailOptions;
  #last: number;
  #seen: string | undefined;
  #failingSinceMs: number | undefined;

  private constructor(folder: string, options: TailOptions, last: number) {
    this.#folder = folder;
    this.#options = options;
    this.#last = last;
  }

  /** Existing entries are shown as the newest; later ones are followed. */
  static async open(folder: string, options: TailOptions): Promise<Position> {
    const newest = (await listSegmentFiles(folder)).at(-1);
    if (newest === undefined) return new Position(folder, options, 0);
    const last = await readSegment(newest, (segment) => segment.lastSequence());
    return new Position(folder, options, last);
  }

  async newest(): Promise<readonly FoundEntry[]> {
    const { filter, lines } = this.#options;
    const found: FoundEntry[] = [];
    for await (const entry of searchJournals([this.#folder], { filter, limit: lines })) {
      if (entry.entry.sequence <= this.#last) found.push(entry);
    }
    return found.toReversed();
  }

  /** The files are closed after each check: an open one would keep the writer from sealing it. */
  async *appended(): AsyncGenerator<FoundEntry> {
    const files = await listSegmentFiles(this.#folder);
    const signature = await describeFiles(files.at(-1));
    if (signature !== undefined && signature === this.#seen) return;
    try {
      const first = files.findLastIndex(({ firstSequence }) => firstSequence <= this.#last + 1);
      for (const file of files.slice(Math.max(0, first))) {
        const { found, isWhole } = await readSegment(file, (segment) => this.#readNew(segment));
        yield* found;
        this.#failingSinceMs = undefined;
        if (!isWhole) return;
      }
      this.#seen = signature;
    } catch (error) {
      this.#failingSinceMs ??= performance.now();
      const patienceMs = this.#options.patienceMs ?? PATIENCE_MS;
      if (performance.now() - this.#failingSinceMs >= patienceMs) throw error;
    }
  }

  #readNew(segment: SegmentReader): {
    readonly found: readonly FoundEntry[];
    readonly isWhole: boolean;
  } {
    const origin = originOf(segment.meta());
    const found: FoundEntry[] = [];
    // Retention may have removed what was not read yet.
    const after = Math.max(this.#last, segment.file.firstSequence - 1);
    const last = segment.lastSequence();
    const through = Math.min(last, after + PASS_ENTRIES_MAX);
    for (const entry of segment.entries({ after, through })) {
      const record = parseRecord(entry.recordJson);
      // An unreadable record is shown: hiding it would help an attacker who damaged it.
      if (record === undefined || matchEntry(record, this.#options.filter)) {
        found.push({ origin, entry });
      }
    }
    this.#last = Math.max(this.#last, through);
    return { found, isWhole: through === last };
  }
}

async function readSegment<Value>(
  file: SegmentFile,
  read: (segment: SegmentReader) => Value,
): Promise<Value> {
  const opening = await openSegment(file);
  const message = `The segment "${file.name}" cannot be read`;
  if (!opening.ok) throw new HoldfastError('journal_unreadable', `${message}: ${opening.reason}`);
  try {
    return read(opening.segment);
  } catch (cause) {
    throw new HoldfastError('journal_unreadable', `${message}: ${describeFault(cause)}`, { cause });
  } finally {
    opening.segment.close();
  }
}

/**
 * A signature that changes with each commit: checking two files costs less than opening a database. File times have
 * a resolution of milliseconds, so a file that was just changed may change again with the same time: then there is
 * no signature.
 */
async function describeFiles(newest: SegmentFile | undefined): Promise<string | undefined> {
  if (newest === undefined) return 'none';
  const described = [newest.path, `${newest.path}-wal`].map(async (path) => {
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    return found === undefined ? [path] : [path, found.size, found.mtimeNs, found.mtimeMs];
  });
  const files = await Promise.all(described);
  const isFresh = files.some(([, , , mtimeMs]) => Number(mtimeMs ?? 0) > Date.now() - SETTLED_MS);
  return isFresh ? undefined : files.map((file) => file.slice(0, 3).join(' ')).join(' ');
}
