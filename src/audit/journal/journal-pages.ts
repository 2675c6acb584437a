/**
 * Pages of the journal for all its followers: each entry is read, verified and parsed once, for any number of
 * followers.
 *
 * Followers near the end share the newest pages. One that is far behind has a few pages of its own, so that it cannot
 * evict the pages of the others. Only entries without a gap are cached: a repeated read of a missing entry goes to the
 * disk.
 */
import { HoldfastError } from '../../errors.ts';
import { isAuditRecord } from '../audit-record.ts';
import type { JournalEntry, JournalReading, JournalReadOptions } from '../journal.ts';
import type { ReadAsk, StoredEntry, StoredReading } from './journal-messages.ts';

/** The source of the entries of a read. */
export type PageSource = 'memory' | 'disk';

export interface JournalPagesOptions {
  readonly readEntries: (ask: ReadAsk) => StoredReading;
  /** Called for each page that a read used. */
  readonly onPage: (source: PageSource) => void;
}

/** Entries per page: a few batches of a sink. */
export const PAGE_ENTRIES = 256;
/** Pages at the end of the journal, cached for all followers. */
export const HEAD_PAGES = 8;
/** Pages cached for followers that are behind. */
export const BACKLOG_PAGES = 4;
/** Stored JSON of all pages; with the parsed records, memory use is about three times as much. */
const CACHE_CHARS_MAX = 16 * 1024 * 1024;
/** A page of huge records is replaced rather than extended. */
const PAGE_CHARS_MAX = 4 * 1024 * 1024;
/** The limit of one answer, as for a read from the disk. */
const READING_CHARS_MAX = 4 * 1024 * 1024;
const ENTRIES_READ_MAX = 1000;

interface Page {
  /** In order, without a gap, never empty. */
  readonly entries: readonly JournalEntry[];
  readonly first: number;
  readonly last: number;
  readonly chars: number;
}

/** The cache; every read names the newest durable entry, beyond which nothing is read. */
export class JournalPages {
  readonly #options: JournalPagesOptions;
  /** By `(sequence - 1) / PAGE_ENTRIES`, the least recently used first. */
  readonly #pages = new Map<number, Page>();
  #lastSequence = 0;
  #firstSequence = 1;

  constructor(options: JournalPagesOptions) {
    this.#options = options;
  }

  /** Throws a `HoldfastError` if the first entry cannot be read. */
  read({ afterSequence, entriesMax }: JournalReadOptions, lastSequence: number): JournalReading {
    // Lower numbers than before belong to another chain.
    if (lastSequence < this.#lastSequence) this.#pages.clear();
    this.#lastSequence = lastSequence;
    const countMax = Math.min(ENTRIES_READ_MAX, Math.max(1, entriesMax));
    const entries: JournalEntry[] = [];
    let chars = 0;
    let next = afterSequence + 1;
    while (next <= lastSequence && entries.length < countMax && chars < READING_CHARS_MAX) {
      const page = this.#pageWith(next);
      if (page === undefined) break;
      for (const entry of page.entries.slice(next - page.first)) {
        if (entries.length >= countMax || chars >= READING_CHARS_MAX) break;
        entries.push(entry);
        chars += entry.recordJson.length;
      }
      next = afterSequence + 1 + entries.length;
    }
    if (entries.length > 0) return { entries, firstSequence: this.#firstSequence };
    return this.#readExactly({ afterSequence, entriesMax: countMax, lastSequence });
  }

  /** Missing or damaged entries are not cached: the caller gets the result of the disk read. */
  #readExactly(ask: ReadAsk): JournalReading {
    const { entries, firstSequence } = this.#options.readEntries(ask);
    this.#options.onPage('disk');
    this.#firstSequence = firstSequence;
    return { entries: entries.map(parseEntry), firstSequence };
  }

  #pageWith(sequence: number): Page | undefined {
    const index = Math.floor((sequence - 1) / PAGE_ENTRIES);
    const known = this.#pages.get(index);
    if (known !== undefined && sequence >= known.first && sequence <= known.last) {
      this.#options.onPage('memory');
      this.#keep(index, known);
      return known;
    }
    const isNext =
      known !== undefined && sequence === known.last + 1 && known.chars < PAGE_CHARS_MAX;
    const page = this.#readPage(index, sequence, isNext ? known : undefined);
    if (page !== undefined) this.#keep(index, page);
    return page;
  }

  #readPage(index: number, sequence: number, before: Page | undefined): Page | undefined {
    const end = Math.min((index + 1) * PAGE_ENTRIES, this.#lastSequence);
    const ask = { afterSequence: sequence - 1, entriesMax: end - sequence + 1, lastSequence: end };
    const fresh = this.#readWhole(ask).filter(
      (entry, place) => entry.sequence === sequence + place,
    );
    if (fresh.length === 0) return undefined;
    this.#options.onPage('disk');
    const entries = before === undefined ? fresh : [...before.entries, ...fresh];
    const chars = fresh.reduce((sum, { recordJson }) => sum + recordJson.length, 0);
    return {
      entries,
      first: before?.first ?? sequence,
      last: sequence + fresh.length - 1,
      chars: chars + (before?.chars ?? 0),
    };
  }

  /** Nothing if an entry is damaged: the entries before it are read without the cache. */
  #readWhole(ask: ReadAsk): readonly JournalEntry[] {
    try {
      const { entries, firstSequence } = this.#options.readEntries(ask);
      this.#firstSequence = firstSequence;
      return entries.map(parseEntry);
    } catch {
      return [];
    }
  }

  #keep(index: number, page: Page): void {
    this.#pages.delete(index);
    this.#pages.set(index, page);
    for (;;) {
      const victim = this.#victim(index);
      if (victim === undefined) return;
      this.#pages.delete(victim);
    }
  }

  /** The page to evict, if there are too many; never the one that was just used. */
  #victim(used: number): number | undefined {
    const headFirst = Math.floor((this.#lastSequence - 1) / PAGE_ENTRIES) - HEAD_PAGES + 1;
    const indexes = [...this.#pages.keys()];
    const backlog = indexes.filter((index) => index < headFirst);
    if (backlog.length > BACKLOG_PAGES) return backlog.find((index) => index !== used);
    const chars = [...this.#pages.values()].reduce((sum, page) => sum + page.chars, 0);
    if (chars <= CACHE_CHARS_MAX) return undefined;
    return [...backlog, ...indexes.toSorted((a, b) => a - b)].find((index) => index !== used);
  }
}

function parseEntry({ sequence, hash, json }: StoredEntry): JournalEntry {
  const record: unknown = JSON.parse(json);
  if (!isAuditRecord(record)) {
    throw new HoldfastError('journal_corrupt', `Entry ${sequence} of the journal is no record`);
  }
  return { sequence, hash, record, recordJson: json };
}
