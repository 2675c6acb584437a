/** The verification of one journal: every entry, every head, every segment, in one pass. */
import type { WallMs } from '../../base/clock.ts';
import type { VerificationKey } from '../../base/json-web-signature.ts';
import type { StoredHead } from '../journal/stored-entry.ts';
import { describeFault } from '../journal/open-segment.ts';
import { checkAnchors, type AnchorCheck, type AnchorLedger } from './check-anchors.ts';
import { checkHeads, type ConfirmedHead, type HeadCheck } from './check-heads.ts';
import type { StoredJournal, JournalRow, JournalSegment } from './stored-journal.ts';
import {
  createFindingList,
  type VerificationFinding,
  type VerificationFindingKind,
} from './verification-finding.ts';
import { FIRST_PREVIOUS_HASH } from './hash-entry.ts';
import { verifyHead } from './head.ts';
import type { RemovedSegment } from './parse-segment-meta.ts';
import { ChainVerifier } from './chain-verifier.ts';

export interface VerifyOptions {
  readonly keys: readonly VerificationKey[];
  /** Whether the keys come from the journal's own folder. */
  readonly keysAreOwn: boolean;
  readonly anchors: AnchorLedger;
  readonly nowMs: WallMs;
  /** Entries older than this must be covered by a head. */
  readonly headAgeMaxMs: number;
  readonly findingsMax: number;
}

/** The result of the verification of a journal. */
export interface Verification {
  readonly name: string;
  readonly ok: boolean;
  /** Empty if no segment could be read. */
  readonly chain: string;
  readonly cluster: string;
  readonly replica: string;
  readonly segmentCount: number;
  readonly entryCount: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly lastHash: string;
  readonly head?: ConfirmedHead | undefined;
  /** Entries after the last matching head: only the chain proves them. */
  readonly unsignedCount: number;
  readonly findings: readonly VerificationFinding[];
  readonly counts: Readonly<Partial<Record<VerificationFindingKind, number>>>;
  readonly faultCount: number;
}

/** Verifies the whole journal. Rejects only if the folder cannot be read. */
export async function verifyJournal(
  evidence: StoredJournal,
  options: VerifyOptions,
): Promise<Verification> {
  const run = new VerificationRun(evidence, options);
  for await (const segment of evidence.segments(run.findings.report)) await run.take(segment);
  return run.finish();
}

/** What belongs to one chain. */
interface ChainState {
  readonly chain: string;
  /** The entry before its first. */
  readonly base: number;
  readonly verifier: ChainVerifier;
  readonly heads: HeadCheck;
  readonly anchors: AnchorCheck;
}

class VerificationRun {
  readonly findings;
  readonly #evidence: StoredJournal;
  readonly #options: VerifyOptions;
  #state: ChainState | undefined;
  #first: JournalSegment | undefined;
  #last: JournalSegment | undefined;
  #segmentCount = 0;
  #entryCount = 0;
  #oldestUnsignedMs: number | undefined;

  constructor(evidence: StoredJournal, options: VerifyOptions) {
    this.#evidence = evidence;
    this.#options = options;
    this.findings = createFindingList(options.findingsMax);
  }

  async take(segment: JournalSegment): Promise<void> {
    this.#segmentCount += 1;
    this.#first ??= segment;
    this.#last = segment;
    const state = await this.#enter(segment);
    await this.#readEntries(segment, state);
    this.#checkEnd(segment, state);
    this.#finishSegment(segment);
  }

  /** SQLite may give up on a page that no entry of the chain stands on. */
  #finishSegment({ name, finish }: JournalSegment): void {
    try {
      finish(this.findings.report);
    } catch (error) {
      const message = `The segment cannot be read to its end: ${describeFault(error)}`;
      this.findings.report({ kind: 'unreadable', file: name, message });
    }
  }

  finish(): Verification {
    const { report } = this.findings;
    if (this.#state !== undefined && this.#last !== undefined) {
      this.#endChain(this.#state, this.#last.name);
      this.#checkUnsigned(this.#state, this.#last.name);
    }
    if (this.#options.keysAreOwn && this.#options.keys.length > 0) {
      const message =
        'The key of the heads comes from the journal’s own folder: give --key with a copy kept elsewhere';
      report({ kind: 'folder-key', file: '', message });
    }
    const meta = this.#last?.meta;
    const lastSequence = this.#state?.verifier.lastSequence ?? 0;
    const head = this.#state?.heads.confirmed();
    return {
      name: this.#evidence.name,
      ok: this.findings.faultCount() === 0,
      chain: meta?.chain ?? '',
      cluster: meta?.cluster ?? '',
      replica: meta?.replica ?? '',
      segmentCount: this.#segmentCount,
      entryCount: this.#entryCount,
      firstSequence: this.#first?.meta.firstSequence ?? 0,
      lastSequence,
      lastHash: this.#state?.verifier.lastHash ?? '',
      head,
      unsignedCount: this.#unsignedCount(),
      findings: this.findings.shown(),
      counts: this.findings.counts(),
      faultCount: this.findings.faultCount(),
    };
  }

  /** Finds the position that the segment continues. */
  async #enter(segment: JournalSegment): Promise<ChainState> {
    const { meta, name } = segment;
    const { report } = this.findings;
    const before = this.#state;
    if (before?.chain === meta.chain) {
      this.#checkBeginning(segment, before.verifier);
      return before;
    }
    if (before === undefined) await this.#checkFirst(segment);
    else {
      this.#endChain(before, name);
      this.#reportNewChain(segment, before);
    }
    const base = {
      chain: meta.chain,
      sequence: meta.firstSequence - 1,
      hash: meta.firstPreviousHash,
    };
    const verifier = new ChainVerifier(base, report);
    const { chain, firstSequence } = meta;
    const { keys, anchors } = this.#options;
    this.#state = {
      chain,
      base: base.sequence,
      verifier,
      heads: checkHeads({ chain, keys, verifier, report, faultCount: this.findings.faultCount }),
      anchors: checkAnchors(anchors, { chain, firstSequence, verifier, report }),
    };
    this.#oldestUnsignedMs = undefined;
    return this.#state;
  }

  #reportNewChain({ meta, name }: JournalSegment, before: ChainState): void {
    const { chain, firstSequence } = meta;
    const missing = before.verifier.lastSequence + 1;
    const gap =
      firstSequence > missing
        ? `; the entries ${missing} to ${firstSequence - 1} are not here`
        : '';
    const message = `The chain ${chain} begins here, after the chain ${before.chain}: nothing proves what stood between them${gap}`;
    this.findings.report({ kind: 'new-chain', file: name, sequence: firstSequence, message });
  }

  /** A journal that does not begin at entry 1 was truncated by retention, or by an attacker. */
  async #checkFirst({ meta, name }: JournalSegment): Promise<void> {
    const { firstSequence, firstPreviousHash } = meta;
    const { report } = this.findings;
    const message =
      firstSequence === 1
        ? 'The first segment does not begin with the first entry’s mark'
        : `Entries 1 to ${firstSequence - 1} are gone, and no signed note of retention explains it`;
    if (firstSequence === 1) {
      if (firstPreviousHash !== FIRST_PREVIOUS_HASH) {
        report({ kind: 'segment-changed', file: name, sequence: 1, message });
      }
      return;
    }
    if (this.#evidence.statedBeginning === firstSequence) return;
    const removed = await this.#evidence.removed();
    const end = removed.findLast(
      ({ lastSequence, lastHash }) =>
        lastSequence === firstSequence - 1 && lastHash === firstPreviousHash,
    );
    if (end !== undefined && (await this.#isSigned(end, meta.chain))) {
      const text = `Entries 1 to ${firstSequence - 1} were removed by retention, as a signed head says`;
      report({ kind: 'retention', file: name, message: text });
      return;
    }
    const throughSequence = firstSequence - 1;
    report({ kind: 'deleted', file: name, sequence: 1, throughSequence, message });
  }

  async #isSigned(removed: RemovedSegment, chain: string): Promise<boolean> {
    const verified = await verifyHead(removed.head, this.#options.keys);
    if (!verified.ok) return false;
    const { head } = verified;
    return (
      head.chain === chain &&
      head.sequence === removed.lastSequence &&
      head.hash === removed.lastHash
    );
  }

  #checkBeginning({ meta, name }: JournalSegment, verifier: ChainVerifier): void {
    const follows = meta.firstSequence === verifier.lastSequence + 1;
    // The chain verifier reports missing numbers; a wrong hash is reported here.
    if (!follows || meta.firstPreviousHash === verifier.lastHash) return;
    const message = `The segment says that it follows another entry ${meta.firstSequence - 1}`;
    const sequence = meta.firstSequence;
    this.findings.report({ kind: 'segment-changed', file: name, sequence, message });
  }

  async #readEntries(segment: JournalSegment, state: ChainState): Promise<void> {
    const { verifier, heads, anchors } = state;
    const { name } = segment;
    const place = { file: name, segment: segment.meta.firstSequence };
    const pending = iterate(segment.heads());
    let next = await nextOf(pending);
    anchors.reached(name);
    try {
      for await (const entry of segment.entries()) {
        verifier.entry(entry, name);
        anchors.reached(name);
        this.#noteTime(entry, state);
        for (; next !== undefined && next.sequence <= verifier.lastSequence;) {
          await heads.head(next, place);
          next = await nextOf(pending);
        }
      }
      // Heads beyond the last entry: their entries are gone.
      for (; next !== undefined; next = await nextOf(pending)) await heads.head(next, place);
    } catch (error) {
      const text = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
      const message = `The segment cannot be read after entry ${verifier.lastSequence}: ${text}`;
      this.findings.report({ kind: 'unreadable', file: name, message });
    }
    heads.endSegment();
  }

  #noteTime({ timeMs, sequence }: JournalRow, { heads }: ChainState): void {
    this.#entryCount += 1;
    const covered = heads.confirmed()?.sequence;
    if (covered === undefined) this.#oldestUnsignedMs ??= timeMs;
    else if (sequence === covered + 1) this.#oldestUnsignedMs = timeMs;
  }

  #checkEnd({ meta, name, isLast }: JournalSegment, { verifier, heads }: ChainState): void {
    const { report } = this.findings;
    const { sealed } = meta;
    if (sealed === undefined) {
      if (isLast) return;
      const message = 'The segment is not sealed, although another one follows';
      report({ kind: 'segment-changed', file: name, message });
      return;
    }
    if (sealed.lastSequence > verifier.lastSequence) {
      const message = `The segment was sealed with entry ${sealed.lastSequence}, but ends with entry ${verifier.lastSequence}`;
      const sequence = verifier.lastSequence + 1;
      const throughSequence = sealed.lastSequence;
      report({ kind: 'truncated', file: name, sequence, throughSequence, message });
      return;
    }
    if (sealed.lastSequence < verifier.lastSequence || sealed.lastHash !== verifier.lastHash) {
      const sequence = sealed.lastSequence;
      const message = `The segment was sealed with another entry ${sequence}`;
      report({ kind: 'segment-changed', file: name, sequence, message });
    }
    const head = heads.confirmed();
    if (head?.sequence === sealed.lastSequence && head.sealed) return;
    const message = `The segment is sealed, but no signed head closes it at entry ${sealed.lastSequence}`;
    report({ kind: 'head-missing', file: name, sequence: sealed.lastSequence, message });
  }

  /** Entries beyond the end, by heads and anchors. */
  #endChain({ verifier, heads, anchors }: ChainState, file: string): void {
    const { report } = this.findings;
    verifier.end();
    const end = verifier.lastSequence;
    const known = heads.highestKnown();
    if (known > end) {
      const message = `The journal ends with entry ${end}, but a signed head knows entry ${known}`;
      report({ kind: 'truncated', file, sequence: end + 1, throughSequence: known, message });
    }
    anchors.end(file);
  }

  #unsignedCount(): number {
    if (this.#state === undefined) return 0;
    const { heads, verifier, base } = this.#state;
    return verifier.lastSequence - (heads.confirmed()?.sequence ?? base);
  }

  #checkUnsigned({ verifier }: ChainState, file: string): void {
    const count = this.#unsignedCount();
    if (count === 0) return;
    const { nowMs, headAgeMaxMs } = this.#options;
    const ageMs = nowMs - (this.#oldestUnsignedMs ?? nowMs);
    const isOverdue = ageMs > headAgeMaxMs;
    const what = count === 1 ? 'The last entry has' : `The last ${count} entries have`;
    const minutes = Math.round(ageMs / 60_000);
    this.findings.report({
      kind: isOverdue ? 'head-missing' : 'unsigned-end',
      file,
      sequence: verifier.lastSequence - count + 1,
      throughSequence: verifier.lastSequence,
      message: isOverdue
        ? `${what} no signed head after ${minutes} minutes: anyone who can write the file can replace them undetected`
        : `${what} no signed head yet: only the chain protects them`,
    });
  }
}

async function* iterate(
  rows: Iterable<StoredHead> | AsyncIterable<StoredHead>,
): AsyncGenerator<StoredHead, undefined> {
  yield* rows;
}

async function nextOf(
  heads: AsyncGenerator<StoredHead, undefined>,
): Promise<StoredHead | undefined> {
  return (await heads.next()).value;
}
