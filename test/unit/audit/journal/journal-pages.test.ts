import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BACKLOG_PAGES,
  HEAD_PAGES,
  JournalPages,
  PAGE_ENTRIES,
} from '../../../../src/audit/journal/journal-pages.ts';
import type { ReadAsk, StoredEntry } from '../../../../src/audit/journal/journal-messages.ts';
import { HoldfastError } from '../../../../src/errors.ts';
import { sampleRecord } from '../../../support/journal-entries.ts';

const PAGES = HEAD_PAGES + BACKLOG_PAGES + 4;
const LAST = PAGES * PAGE_ENTRIES;
const MIB = 1024 * 1024;

/** A disk with the entries up to a number, without some of them, on which one may be damaged. */
function makeDisk(options: { readonly padding?: number } = {}) {
  const asks: ReadAsk[] = [];
  const sources: string[] = [];
  const disk = { missing: new Set<number>(), damaged: 0, firstSequence: 1, junk: 0 };
  const pages = new JournalPages({
    readEntries: (ask) => {
      asks.push(ask);
      const entries: StoredEntry[] = [];
      for (let sequence = ask.afterSequence + 1; sequence <= ask.lastSequence; sequence += 1) {
        if (entries.length >= ask.entriesMax) break;
        if (disk.missing.has(sequence) || sequence < disk.firstSequence) continue;
        if (sequence === disk.damaged) throw new HoldfastError('journal_corrupt', 'Damaged');
        const message = 'x'.repeat(options.padding ?? 0);
        const json = JSON.stringify(
          sequence === disk.junk ? [] : sampleRecord(sequence, { message }),
        );
        entries.push({ sequence, hash: `hash-${sequence}`, json });
      }
      return { entries, firstSequence: disk.firstSequence };
    },
    onPage: (source) => sources.push(source),
  });
  const read = (afterSequence: number, entriesMax: number, lastSequence = LAST): number[] =>
    pages.read({ afterSequence, entriesMax }, lastSequence).entries.map(({ sequence }) => sequence);
  return { disk, pages, read, asks, sources };
}

function upTo(last: number, first = 1): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe('JournalPages', () => {
  it('reads and parses an entry once, however many follow', () => {
    const { pages, asks } = makeDisk();
    const ask = { afterSequence: LAST - 10, entriesMax: 5 };

    const first = pages.read(ask, LAST);
    const second = pages.read(ask, LAST);

    assert.equal(asks.length, 1);
    assert.equal(first.entries.length, 5);
    assert.ok(first.entries.every((entry, index) => entry === second.entries[index]));
    assert.equal(first.entries[0]?.recordJson, JSON.stringify(first.entries[0]?.record));
  });

  it('reads of a growing page only what is new', () => {
    const { read, asks } = makeDisk();

    assert.deepEqual(read(0, 100, 3), upTo(3));
    assert.deepEqual(read(3, 100, 5), upTo(5, 4));
    assert.deepEqual(read(0, 100, 5), upTo(5));

    assert.deepEqual(
      asks.map(({ afterSequence, lastSequence }) => [afterSequence, lastSequence]),
      [
        [0, 3],
        [3, 5],
      ],
    );
  });

  it('answers across pages, and never with more than was asked for or is durable', () => {
    const { read } = makeDisk();

    assert.deepEqual(read(PAGE_ENTRIES - 2, 4), upTo(PAGE_ENTRIES + 2, PAGE_ENTRIES - 1));
    assert.deepEqual(read(0, 5000, 600), upTo(600));
    assert.equal(read(0, 5000).length, 1000);
    assert.deepEqual(read(600, 10, 600), []);
  });

  it('keeps the newest pages, whoever is behind', () => {
    const { read, asks } = makeDisk();
    const headFirst = LAST - HEAD_PAGES * PAGE_ENTRIES;
    for (let after = headFirst; after < LAST; after += PAGE_ENTRIES) read(after, PAGE_ENTRIES);

    for (let after = 0; after < headFirst; after += PAGE_ENTRIES) read(after, PAGE_ENTRIES);
    asks.length = 0;
    for (let after = headFirst; after < LAST; after += PAGE_ENTRIES) read(after, PAGE_ENTRIES);

    assert.deepEqual(asks, []);
  });

  it('keeps some pages for those who are behind together', () => {
    const { read, asks } = makeDisk();

    for (const after of [0, 0, 100, 200, 0]) read(after, 50);
    assert.equal(asks.length, 1);
    for (let page = 0; page <= BACKLOG_PAGES; page += 1) read(page * PAGE_ENTRIES, 1);
    asks.length = 0;
    read(0, 1);

    assert.equal(asks.length, 1);
  });

  it('holds a bounded amount of huge records, and answers with a bounded amount', () => {
    const { pages, asks } = makeDisk({ padding: 256 * 1024 });

    const { entries } = pages.read({ afterSequence: 0, entriesMax: 1000 }, 200);
    assert.equal(entries.length, 16);
    for (let after = 0; after < LAST; after += PAGE_ENTRIES) {
      pages.read({ afterSequence: after, entriesMax: 1 }, after + 8);
    }
    asks.length = 0;
    const kept = upTo(PAGES, 0).filter((page) => {
      const before = asks.length;
      if (page < PAGES) pages.read({ afterSequence: page * PAGE_ENTRIES, entriesMax: 1 }, LAST);
      return asks.length === before;
    });

    // Eight entries of a quarter MiB each.
    assert.ok(kept.length * 2 * MIB <= 18 * MIB, `${kept.length} pages are kept`);
  });

  it('asks the disk again for what seemed to be missing', () => {
    const { disk, read } = makeDisk();
    disk.missing = new Set([4, 5]);

    assert.deepEqual(read(0, 10, 8), [1, 2, 3]);
    assert.deepEqual(read(3, 10, 8), [6, 7, 8]);
    disk.missing.clear();

    assert.deepEqual(read(3, 10, 8), [4, 5, 6, 7, 8]);
  });

  it('hands on what stands before a damaged entry, and the fault with whoever asks for it', () => {
    const { disk, read } = makeDisk();
    disk.damaged = 6;

    assert.throws(() => read(0, 10, 8), { code: 'journal_corrupt' });
    assert.deepEqual(read(0, 5, 8), upTo(5));
    assert.throws(() => read(5, 1, 8), { code: 'journal_corrupt' });
    disk.damaged = 0;
    assert.deepEqual(read(5, 5, 8), [6, 7, 8]);
  });

  it('refuses what is stored and is no record', () => {
    const { disk, read } = makeDisk();
    disk.junk = 2;

    assert.deepEqual(read(0, 1, 2), [1]);
    assert.throws(() => read(1, 1, 2), { code: 'journal_corrupt' });
  });

  it('says what the oldest entry is, where the one that was asked for is gone', () => {
    const { disk, pages } = makeDisk();
    disk.firstSequence = 300;

    const { entries, firstSequence } = pages.read({ afterSequence: 0, entriesMax: 1 }, LAST);

    assert.deepEqual([entries[0]?.sequence, firstSequence], [300, 300]);
  });

  it('forgets everything where numbers begin anew', () => {
    const { read, asks } = makeDisk();
    read(0, 5, 5);

    read(0, 5, 3);

    assert.equal(asks.length, 2);
  });

  it('tells where pages came from', () => {
    const { read, sources } = makeDisk();

    read(0, 5, 5);
    read(0, 5, 5);

    assert.deepEqual(sources, ['disk', 'memory']);
  });
});
