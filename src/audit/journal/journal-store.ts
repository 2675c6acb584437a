/**
 * The journal as the writer thread sees it: one open segment, sealed segments before it, signed heads at an interval.
 *
 * After a write with an unknown result, the state in memory is dropped and the folder is read again: the disk may
 * contain any part of the batch.
 */
import { join } from 'node:path';
import { addMs, type Clock, type MonotonicMs, type WallMs } from '../../base/clock.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { errorText } from '../../base/error-details.ts';
import { createIdentifierGenerator } from '../../base/identifier.ts';
import type { SigningKey } from '../../base/json-web-signature.ts';
import { makeFolder } from '../../base/make-folder.ts';
import { tryProcessLock } from '../../base/process-lock.ts';
import { HoldfastError } from '../../errors.ts';
import { systemWait, type Wait } from '../../base/wait.ts';
import { signHead } from '../verify/head.ts';
import { indexRecord } from '../verify/index-record.ts';
import { classifyFault } from './classify-fault.ts';
import { formatLostEntries } from './format-lost-entries.ts';
import { openHeadKey } from './head-key.ts';
import type {
  AppendedBatch,
  Damage,
  JournalStoreOptions,
  JournalState,
  LostEntries,
  Maintained,
  OpenAsk,
  RemovedSegment,
} from './journal-messages.ts';
import { planRetention } from './plan-retention.ts';
import {
  recoverChain,
  type OpenSegmentFile,
  type RecoveredChain,
  type SealedFile,
} from './recover-chain.ts';
import { removeWithNotice } from './remove-segment.ts';
import {
  type ChainPosition,
  createSegment,
  finishSegment,
  readFolds,
  Segment,
  type PendingEntry,
  type PendingRecord,
  type SavedFolds,
  type SegmentOrigin,
  type StoredHead,
} from './segment.ts';
import { databaseBytes, listSetAside, segmentPath } from './segment-files.ts';

/** At the start, a file that cannot be read now is tried for so long: a lock of a backup, a volume that comes back. */
const OPEN_PATIENCE_MS = 30_000;
const OPEN_ATTEMPTS_MAX = 30;
const OPEN_RETRY_MS = 1000;
/** So many probes later, a file that still cannot be written is opened again: its descriptor may be of no use any more. */
const PROBES_BEFORE_REOPENING = 30;

/** The writing side of a journal. */
export class JournalStore {
  readonly #options: OpenAsk;
  readonly #clock: Clock;
  readonly #key: SigningKey;
  readonly #unlock: () => void;
  readonly #nextChain: (nowMs: WallMs) => string;
  readonly #damages: Damage[] = [];
  readonly #lost: LostEntries[] = [];
  #segment: Segment | undefined;
  /** The newest entry that was acknowledged. It never decreases, whatever the disk says. */
  #lastSequence: number;
  #sealed: SealedFile[] = [];
  #lastHeadSequence = 0;
  #lastHeadAtMs: MonotonicMs;
  #newestTimeMs = 0;
  /** Why the last write failed. */
  #failure: string | undefined;
  #failedProbes = 0;
  /** Whether a write has failed in this process: what the page cache holds may then not be on the disk. */
  #hasFailed = false;
  #isClosed = false;

  private constructor(
    options: OpenAsk,
    dependencies: { readonly clock: Clock; readonly key: SigningKey; readonly unlock: () => void },
  ) {
    this.#options = options;
    this.#clock = dependencies.clock;
    this.#key = dependencies.key;
    this.#unlock = dependencies.unlock;
    this.#nextChain = createIdentifierGenerator();
    this.#lastHeadAtMs = dependencies.clock.monotonicMs();
    this.#lastSequence = options.acknowledged;
  }

  /**
   * Opens or creates the journal of a folder. A file that cannot be read now is tried again for half a minute. Throws if
   * another process has locked the folder, or it cannot be used.
   */
  static async open(
    options: OpenAsk,
    clock: Clock,
    wait: Wait = systemWait,
  ): Promise<JournalStore> {
    const endMs = addMs(clock.monotonicMs(), OPEN_PATIENCE_MS);
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await JournalStore.#openOnce(options, clock);
      } catch (fault) {
        if (fault instanceof HoldfastError) throw fault;
        const isPatient = attempts < OPEN_ATTEMPTS_MAX && clock.monotonicMs() < endMs;
        if (!isPatient || classifyFault(fault) !== 'transient') throw unusable(options, fault);
      }
      await wait(OPEN_RETRY_MS, new AbortController().signal);
    }
  }

  static async #openOnce(options: OpenAsk, clock: Clock): Promise<JournalStore> {
    let unlock: (() => void) | undefined;
    try {
      makeFolder(options.folder, { mode: 0o700 });
      unlock = lockFolder(options.folder);
      const { key, damages } = await openHeadKey(options.folder, options.headKeyFile);
      const store = new JournalStore(options, { clock, key, unlock });
      store.#damages.push(...damages);
      store.#openSegment();
      return store;
    } catch (fault) {
      unlock?.();
      throw fault;
    }
  }

  /** The state of the journal; each damaged file is reported once. */
  state(): JournalState {
    const { folder } = this.#options;
    const openBytes = this.#segment === undefined ? 0 : databaseBytes(this.#segment.path);
    return {
      lastSequence: this.#lastSequence,
      bytes: this.#sealed.reduce((sum, { bytes }) => sum + bytes, openBytes),
      segments: this.#sealed.length + (this.#segment === undefined ? 0 : 1),
      setAside: listSetAside(folder).length,
      damages: this.#damages.splice(0),
      lost: this.#lost.splice(0),
    };
  }

  /** The saved summaries of open folds. */
  get folds(): SavedFolds {
    return this.#segment?.folds ?? new Map<string, string>();
  }

  /** Writes a batch atomically and durably; throws `journal_write_failed` if the batch is not part of the chain. */
  append(entries: readonly PendingEntry[]): AppendedBatch {
    const startedAtMs = this.#clock.monotonicMs();
    return this.#write((segment) => {
      const firstSequence = segment.position.lastSequence + 1;
      const hashes = segment.append(entries);
      this.#lastSequence = segment.position.lastSequence;
      const times = entries.flatMap(({ index }) => (index === undefined ? [] : [index.timeMs]));
      const clockBackMs = Math.max(0, this.#newestTimeMs - Math.min(...times));
      this.#newestTimeMs = Math.max(this.#newestTimeMs, ...times);
      const { chain } = segment.position;
      const commitMs = this.#clock.monotonicMs() - startedAtMs;
      return { chain, firstSequence, hashes, commitMs, clockBackMs };
    });
  }

  /** Maintenance: rotation, heads, removals, and after a failed write a test write. */
  async maintain({ keepFrom }: { readonly keepFrom: number }): Promise<Maintained> {
    if (this.#failure !== undefined || this.#segment === undefined) {
      this.#guard(() => this.#probe());
    }
    this.#finishSealed();
    const headsSigned = await this.#signIfDue();
    const removed = this.#removeOld(keepFrom);
    return { ...this.state(), removed, headsSigned };
  }

  /** Seals the open segment, so that the folder is complete evidence, and releases the lock. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      if (this.#hasEntries()) {
        await this.#seal();
        this.#finishSealed();
      }
    } finally {
      this.#segment?.close();
      this.#segment = undefined;
      this.#unlock();
    }
  }

  #write<Result>(work: (segment: Segment) => Result): Result {
    return this.#guard(() => {
      // Reading the folder again takes time: maintenance does it, and until then records fail at once.
      if (this.#segment === undefined) throw new Error(this.#failure ?? 'it is closed');
      if (this.#failure !== undefined) this.#confirmEnd(this.#segment);
      return work(this.#segment);
    });
  }

  /** Tests whether writing works again. */
  #probe(): void {
    this.#failedProbes += 1;
    if (this.#failedProbes > PROBES_BEFORE_REOPENING) this.#forgetSegment();
    const segment = this.#segment ?? this.#openSegment();
    this.#confirmEnd(segment);
    segment.probe();
    this.#failedProbes = 0;
  }

  /** After a failed commit, SQLite says what the segment ends with. */
  #confirmEnd(segment: Segment): void {
    if (segment.endsAsWritten()) return;
    this.#forgetSegment();
    throw new Error('it does not end with the entry that was written last');
  }

  /**
   * Runs work that writes to the disk. After a fault, the connection is kept unless the file is damaged: the next commit
   * then writes over what the failed one left in the log. A new connection would read the log from the page cache, which
   * after a failed flush holds as written what the disk never got, and would add acknowledged entries behind it.
   */
  #guard<Result>(work: () => Result): Result {
    try {
      const result = work();
      this.#failure = undefined;
      return result;
    } catch (fault) {
      this.#failure = errorText(fault);
      this.#hasFailed = true;
      if (classifyFault(fault) === 'damaged') this.#forgetSegment();
      const message = `The journal could not write: ${this.#failure}`;
      throw new HoldfastError('journal_write_failed', message, { cause: fault });
    }
  }

  #forgetSegment(): void {
    try {
      this.#segment?.close();
    } catch {
      // A database that cannot be closed is dropped; the folder is opened again later.
    }
    this.#segment = undefined;
  }

  #openSegment(): Segment {
    const { folder } = this.#options;
    const nowMs = this.#clock.wallMs();
    const nextChain = (): string => this.#nextChain(nowMs);
    const found = recoverChain(folder, { nowMs, nextChain, acknowledged: this.#lastSequence });
    this.#damages.push(...found.damages);
    this.#sealed = [...found.sealed];
    this.#lastHeadSequence = found.lastHeadSequence;
    this.#newestTimeMs = found.newestTimeMs;
    const segment =
      found.open === undefined
        ? this.#beginSegment(found.position, leftFolds(found), found.lost)
        : this.#continueSegment(found.open, found.position);
    this.#lost.push(...found.lost);
    this.#lastSequence = Math.max(this.#lastSequence, segment.position.lastSequence);
    return segment;
  }

  #beginSegment(
    position: ChainPosition,
    folds: SavedFolds,
    lost: readonly LostEntries[] = [],
  ): Segment {
    const { folder, cluster, replica } = this.#options;
    const nowMs = this.#clock.wallMs();
    const firstSequence = position.lastSequence + 1;
    const path = segmentPath(folder, firstSequence);
    const origin = { cluster, replica, nowMs };
    const first = recordLost(lost, position.chain, origin);
    const begun = createSegment(path, position, { ...origin, folds, first });
    return this.#continueSegment({ path, firstSequence, createdAtMs: nowMs }, begun);
  }

  #continueSegment(file: OpenSegmentFile, position: ChainPosition): Segment {
    const segment = new Segment(file.path, position, file);
    try {
      // A reader of another process must not keep us from starting.
      if (!segment.emptyLog() && this.#hasFailed) throw new Error('a reader holds its log');
    } catch (fault) {
      segment.close();
      throw fault;
    }
    this.#segment = segment;
    return segment;
  }

  #hasEntries(): boolean {
    const segment = this.#segment;
    return segment !== undefined && segment.position.lastSequence >= segment.firstSequence;
  }

  async #signIfDue(): Promise<number> {
    const segment = this.#segment;
    if (segment === undefined || !this.#hasEntries()) return 0;
    const { segmentBytesMax, segmentAgeMs, headIntervalMs } = this.#options;
    const nowMs = this.#clock.wallMs();
    if (segment.bytes >= segmentBytesMax || nowMs - segment.createdAtMs >= segmentAgeMs) {
      const { position, folds } = segment;
      await this.#seal();
      this.#guard(() => this.#beginSegment(position, folds));
      this.#finishSealed();
      return 1;
    }
    const hasNews = segment.position.lastSequence > this.#lastHeadSequence;
    if (!hasNews || this.#clock.monotonicMs() - this.#lastHeadAtMs < headIntervalMs) return 0;
    const head = await this.#sign(segment, false);
    this.#write((open) => open.writeHead(head));
    this.#noteHead(head);
    return 1;
  }

  async #seal(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    const head = await this.#sign(segment, true);
    this.#write((open) => open.seal(head));
    this.#noteHead(head);
    this.#forgetSegment();
    const { path, firstSequence } = segment;
    this.#sealed.push({
      path,
      firstSequence,
      lastSequence: head.sequence,
      lastTimeMs: this.#newestTimeMs,
      bytes: databaseBytes(path),
      finished: false,
    });
  }

  async #sign(segment: Segment, sealed: boolean): Promise<StoredHead> {
    const { cluster, replica } = this.#options;
    const { chain, lastSequence, lastHash } = segment.position;
    const timeMs = Math.floor(this.#clock.wallMs());
    const head = {
      chain,
      cluster,
      replica,
      sequence: lastSequence,
      hash: lastHash,
      time: new Date(timeMs).toISOString(),
      segment: segment.firstSequence,
      sealed,
    };
    return { sequence: lastSequence, timeMs, jws: await signHead(head, this.#key) };
  }

  #noteHead({ sequence }: StoredHead): void {
    this.#lastHeadSequence = sequence;
    this.#lastHeadAtMs = this.#clock.monotonicMs();
  }

  #finishSealed(): void {
    this.#sealed = this.#sealed.map((file) =>
      file.finished || !finishSegment(file.path)
        ? file
        : { ...file, finished: true, bytes: databaseBytes(file.path) },
    );
  }

  #removeOld(keepFrom: number): readonly RemovedSegment[] {
    const { folder, retentionMs, journalBytesMax } = this.#options;
    const planned = planRetention({
      sealed: this.#sealed,
      openBytes: this.#segment === undefined ? 0 : databaseBytes(this.#segment.path),
      nowMs: this.#clock.wallMs(),
      retentionMs,
      journalBytesMax,
      keepFrom,
    });
    const removed: RemovedSegment[] = [];
    for (const { reason, segment } of planned) {
      const { firstSequence, lastSequence } = segment;
      const mayWait = reason === 'age';
      // The next one must not be removed before it.
      if (!removeWithNotice(folder, segmentPath(folder, firstSequence), { mayWait })) break;
      this.#sealed = this.#sealed.filter((file) => file.firstSequence !== firstSequence);
      removed.push({ firstSequence, lastSequence, reason });
    }
    return removed;
  }
}

/** A process that was killed between two segments leaves its folds in the sealed one. */
function leftFolds({ sealed }: RecoveredChain): SavedFolds {
  const last = sealed.at(-1);
  return last === undefined ? new Map<string, string>() : readFolds(last.path);
}

/** The entry with which a new chain says what is missing before it, for whoever reads it. */
function recordLost(
  lost: readonly LostEntries[],
  chain: string,
  origin: SegmentOrigin,
): readonly PendingRecord[] {
  if (lost.length === 0) return [];
  const record = formatLostEntries(lost, { ...origin, chain });
  return [{ json: canonicalJson(record), index: indexRecord(record) }];
}

function unusable({ folder }: JournalStoreOptions, fault: unknown): HoldfastError {
  const message = `The journal "${folder}" cannot be used: ${errorText(fault)}`;
  return new HoldfastError('journal_unusable', message, { cause: fault });
}

/** One writer for each folder. */
function lockFolder(folder: string): () => void {
  const unlock = tryProcessLock(join(folder, 'lock.sqlite'));
  if (unlock !== undefined) return unlock;
  throw new HoldfastError(
    'journal_locked',
    `Another process writes to the journal "${folder}": give each replica a folder of its own`,
  );
}
