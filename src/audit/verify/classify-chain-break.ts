/**
 * Classifies a break of the hash chain: entries deleted, inserted, changed or reordered.
 *
 * A hash covers its entry's number, so an entry with a valid hash proves its original position (`origin`), whatever
 * number it has now. Comparing origins with current positions shows what was deleted, inserted or moved.
 */
import type { ChainedEntry } from '../journal/stored-entry.ts';
import type { VerificationFindingKind } from './verification-finding.ts';
import { hashEntry } from './hash-entry.ts';

/** An entry as stored, and what its hash proves. */
export interface PlacedEntry extends ChainedEntry {
  readonly file: string;
  /** Its original position; `undefined` if its hash does not match its record. */
  readonly origin: number | undefined;
}

export interface ChainBreakFault {
  readonly kind: VerificationFindingKind & ('changed' | 'deleted' | 'inserted' | 'reordered');
  readonly file: string;
  readonly sequence: number;
  readonly throughSequence?: number | undefined;
  readonly message: string;
}

export interface ChainBreak {
  readonly chain: string;
  /** The last valid entry before them. */
  readonly before: { readonly origin: number; readonly hash: string };
  /** In their current order. */
  readonly rows: readonly PlacedEntry[];
}

type ProvenEntry = PlacedEntry & { readonly origin: number };

/** The faults in the order of positions; at least one for any inconsistent input. */
export function classifyChainBreak(chainBreak: ChainBreak): readonly ChainBreakFault[] {
  const { chain, before } = chainBreak;
  const swapped = findSwappedRecords(chain, chainBreak.rows);
  const rows = chainBreak.rows.map((row) =>
    swapped.has(row) ? { ...row, origin: row.sequence } : row,
  );
  const proven = rows.filter(isProven);
  const doubles = new Set<PlacedEntry>(findDoubles(before.origin, proven));
  const faults = [
    ...[...swapped].map((row) => entryFault('reordered', row, 'holds the record of another entry')),
    ...[...doubles].map((row) => entryFault('inserted', row, 'stands where none was written')),
    ...account(
      before.origin,
      rows.filter((row) => !doubles.has(row)),
    ),
  ];
  const blamed = new Set(faults.map(({ sequence }) => sequence));
  const rehashed = findRehashed(
    before,
    proven.filter((row) => !doubles.has(row)),
  ).filter(({ sequence }) => !blamed.has(sequence));
  return [
    ...faults,
    ...rehashed.map((row) =>
      entryFault('changed', row, 'was replaced and hashed anew: the next entry follows another'),
    ),
  ].toSorted((a, b) => a.sequence - b.sequence);
}

function isProven(row: PlacedEntry): row is ProvenEntry {
  return row.origin !== undefined;
}

function entryFault(
  kind: ChainBreakFault['kind'],
  { file, sequence }: PlacedEntry,
  text: string,
): ChainBreakFault {
  return { kind, file, sequence, message: `Entry ${sequence} ${text}` };
}

/** Rows whose hash matches the record of another row: only the records were swapped. */
function findSwappedRecords(chain: string, rows: readonly PlacedEntry[]): ReadonlySet<PlacedEntry> {
  const broken = rows.filter((row) => !isProven(row));
  return new Set(
    broken.filter(({ sequence, previousHash, hash }) =>
      broken.some(
        ({ recordJson }) => hashEntry({ chain, sequence, previousHash, recordJson }) === hash,
      ),
    ),
  );
}

/** Rows that claim the number of another row: the genuine row is the one that the next entry follows. */
function findDoubles(beforeOrigin: number, proven: readonly ProvenEntry[]): readonly PlacedEntry[] {
  return proven.filter((row) => {
    if (row.origin <= beforeOrigin) return true;
    const rivals = proven.filter(({ origin }) => origin === row.origin);
    const followed = rivals.find(({ hash }) =>
      proven.some(({ origin, previousHash }) => origin === row.origin + 1 && previousHash === hash),
    );
    return row !== (followed ?? rivals[0]);
  });
}

/** Compares positions with rows: a row without proof replaces a missing position, otherwise it was inserted. */
function account(beforeOrigin: number, rows: readonly PlacedEntry[]): readonly ChainBreakFault[] {
  const faults: ChainBreakFault[] = [];
  let missing: readonly MissingPlaces[] = [];
  let unproven: PlacedEntry[] = [];
  let expected = beforeOrigin + 1;
  for (const row of rows) {
    if (!isProven(row)) {
      unproven.push(row);
      continue;
    }
    const { file, origin } = row;
    if (origin < expected) {
      missing = missing.flatMap((places) => without(places, origin));
      faults.push(entryFault('reordered', row, `was written as entry ${origin}`));
      continue;
    }
    const places = origin - expected;
    const extras = unproven.slice(places);
    faults.push(...unproven.slice(0, places).map(changed));
    faults.push(...extras.map((extra) => entryFault('inserted', extra, 'has no place')));
    const from = expected + unproven.length;
    if (from < origin) missing = [...missing, { file, from, through: origin - 1 }];
    unproven = [];
    expected = origin + 1;
  }
  return [...faults, ...unproven.map(changed), ...missing.map(deletion)];
}

interface MissingPlaces {
  readonly file: string;
  readonly from: number;
  readonly through: number;
}

/** The rest of a gap after one of its positions was found elsewhere. */
function without({ file, from, through }: MissingPlaces, place: number): readonly MissingPlaces[] {
  if (place < from || place > through) return [{ file, from, through }];
  return [
    { file, from, through: place - 1 },
    { file, from: place + 1, through },
  ].filter((rest) => rest.from <= rest.through);
}

function changed(row: PlacedEntry): ChainBreakFault {
  return entryFault('changed', row, 'is not what was recorded: its hash is another');
}

function deletion({ file, from, through }: MissingPlaces): ChainBreakFault {
  const fault = { kind: 'deleted', file, sequence: from } as const;
  return from === through
    ? { ...fault, message: `Entry ${from} is gone` }
    : { ...fault, throughSequence: through, message: `Entries ${from} to ${through} are gone` };
}

/** Rows with a valid hash of their own that the next written entry does not follow. */
function findRehashed(
  before: ChainBreak['before'],
  proven: readonly ProvenEntry[],
): readonly PlacedEntry[] {
  return proven.filter((row) => {
    const next = proven.find(({ origin }) => origin === row.origin + 1);
    if (next !== undefined && next.previousHash !== row.hash) return true;
    return row.origin === before.origin + 1 && row.previousHash !== before.hash;
  });
}
