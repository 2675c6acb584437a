/** Verifies a hash chain entry by entry, across segments, and reports where it is broken. Memory is constant. */
import type { ChainedEntry } from '../journal/stored-entry.ts';
import { classifyChainBreak, type PlacedEntry } from './classify-chain-break.ts';
import type { ReportFinding } from './verification-finding.ts';
import { hashEntry } from './hash-entry.ts';

/** A long break of the chain is classified in parts of this many entries. */
const BREAK_ROWS_MAX = 64;
/** How far from its sequence number an entry is searched. */
const SHIFT_MAX = 16;
/** Recent hashes, kept for comparison with heads and anchors. */
const RECENT_MAX = 128;

/** The position that the first entry must follow. */
export interface ChainBase {
  readonly chain: string;
  readonly sequence: number;
  readonly hash: string;
}

type ProvenPlace = Pick<PlacedEntry, 'hash'> & { readonly origin: number };

/** Verifies one chain; findings go to `report`. */
export class ChainVerifier {
  readonly #recent = new Map<string, number>();
  /** The highest number that was reached. */
  lastSequence: number;
  lastHash: string;
  readonly #chain: string;
  readonly #report: ReportFinding;
  /** The valid entry before the last valid one. */
  #before: ProvenPlace;
  #previous: PlacedEntry | undefined;
  #broken: PlacedEntry[] = [];
  /** The offset between positions and sequence numbers, after an insertion or deletion. */
  #shift = 0;

  constructor({ chain, sequence, hash }: ChainBase, report: ReportFinding) {
    this.#chain = chain;
    this.#report = report;
    this.#before = { origin: sequence, hash };
    this.lastSequence = sequence;
    this.lastHash = hash;
    this.#recent.set(hash, sequence);
  }

  /** Whether all entries so far are classified. */
  get isSettled(): boolean {
    return this.#broken.length === 0;
  }

  /** Whether the entry with this original number has this hash. Only for recent entries. */
  holds(sequence: number, hash: string): boolean {
    return this.#recent.get(hash) === sequence;
  }

  /** Adds the next entry; its findings may be reported later, when the break can be classified. */
  entry(entry: ChainedEntry, file: string): void {
    const origin = this.#proveOrigin(entry);
    const row: PlacedEntry = { ...entry, file, origin };
    this.lastHash = entry.hash;
    this.lastSequence = Math.max(this.lastSequence, origin ?? entry.sequence + this.#shift);
    if (origin !== undefined) this.#remember(entry.hash, origin);
    if (this.#broken.length > 0) this.#takeDisturbed(row);
    else if (follows(this.#previous ?? this.#before, row)) this.#accept(row);
    // The previous entry may be the replaced one.
    else this.#broken = this.#previous === undefined ? [row] : [this.#previous, row];
  }

  /** Classifies the remaining entries. */
  end(): void {
    const rows = this.#broken;
    const last = rows.at(-1);
    if (last === undefined) return;
    const chainBreak = { chain: this.#chain, before: this.#before, rows };
    for (const fault of classifyChainBreak(chainBreak)) this.#report(fault);
    if (last.origin !== undefined) this.#shift = last.origin - last.sequence;
    this.#before = this.#prove(rows.at(-2)) ?? this.#before;
    this.#previous = this.#prove(last);
    this.#broken = [];
  }

  #accept(row: PlacedEntry): void {
    this.#before = this.#prove(this.#previous) ?? this.#before;
    this.#previous = row;
  }

  #takeDisturbed(row: PlacedEntry): void {
    const last = this.#broken.at(-1);
    this.#broken.push(row);
    const isQuiet = last?.origin !== undefined && follows({ ...last, origin: last.origin }, row);
    if (isQuiet || this.#broken.length >= BREAK_ROWS_MAX) this.end();
  }

  /** The next entry is compared with this one, even if this one proves nothing. */
  #prove(row: PlacedEntry | undefined): (PlacedEntry & ProvenPlace) | undefined {
    return row && { ...row, origin: row.origin ?? row.sequence + this.#shift };
  }

  #remember(hash: string, origin: number): void {
    this.#recent.set(hash, origin);
    if (this.#recent.size <= RECENT_MAX) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  /** The original number of an entry, if its hash proves one near its position. */
  #proveOrigin(entry: ChainedEntry): number | undefined {
    const likely = entry.sequence + this.#shift;
    if (this.#isHash(entry, likely)) return likely;
    for (let distance = 1; distance <= SHIFT_MAX; distance += 1) {
      for (const sequence of [likely + distance, likely - distance]) {
        if (this.#isHash(entry, sequence)) return sequence;
      }
    }
    return undefined;
  }

  #isHash({ previousHash, recordJson, hash }: ChainedEntry, sequence: number): boolean {
    return hashEntry({ chain: this.#chain, sequence, previousHash, recordJson }) === hash;
  }
}

function follows(
  previous: { readonly origin: number | undefined; readonly hash: string },
  row: PlacedEntry,
): boolean {
  return (
    previous.origin !== undefined &&
    row.origin === previous.origin + 1 &&
    row.previousHash === previous.hash
  );
}
