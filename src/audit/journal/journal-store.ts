/**
 * The journal as the writer thread sees it: one open segment, sealed segments before it, signed heads at an interval.
 *
 * After a write with an unknown result, the state in memory is dropped and the folder is read again: the disk may
 * contain any part of the batch.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, MonotonicMs, WallMs } from '../../base/clock.ts';
import { errorText, sqliteErrorCode } from '../../base/error-details.ts';
import { createIdentifierGenerator } from '../../base/identifier.ts';
import type { SigningKey } from '../../base/json-web-signature.ts';
import { tryProcessLock } from '../../base/process-lock.ts';
import { HoldfastError } from '../../errors.ts';
import { signHead } from '../verify/head.ts';
import { openHeadKey } from './head-key.ts';
import type {
  AppendedBatch,
  Damage,
  JournalStoreOptions,
  JournalState,
  Maintained,
  RemovedSegment,
} from './journal-messages.ts';
import { planRetention } from './plan-retention.ts';
import { recoverChain, type SealedFile } from './recover-chain.ts';
import { removeWithNotice } from './remove-segment.ts';
import {
  type ChainPosition,
  createSegment,
  finishSegment,
  readFolds,
  Segment,
  type PendingEntry,
  type SavedFolds,
  type StoredHead,
} from './segment.ts';
import { databaseBytes, listSetAside, segmentPath } from './segment-files.ts';

/** SQLite rolled the batch back and the database is unchanged: BUSY, READONLY, FULL. */
const HARMLESS_FAULTS: ReadonlySet<unknown> = new Set([5, 8, 13]);
const PRIMARY_CODE = 0xff;

/** The writing side of a journal. */
export class JournalStore {
  readonly #options: JournalStoreOptions;
  readonly #clock: Clock;
  readonly #key: SigningKey;
  readonly #unlock: () => void;
  readonly #nextChain: (nowMs: WallMs) => string;
  readonly #damages: Damage[] = [];
  #segment: Segment | undefined;
  #lastSequence = 0;
  #sealed: SealedFile[] = [];
  #lastHeadSequence = 0;
  #lastHeadAtMs: MonotonicMs;
  #newestTimeMs = 0;
  /** Why the last write failed. */
  #failure: string | undefined;
  #isClosed = false;

  private constructor(
    options: JournalStoreOptions,
    dependencies: { readonly clock: Clock; readonly key: SigningKey; readonly unlock: () => void },
  ) {
    this.#options = options;
    this.#clock = dependencies.clock;
    this.#key = dependencies.key;
    this.#unlock = dependencies.unlock;
    this.#nextChain = createIdentifierGenerator();
    this.#lastHeadAtMs = dependencies.clock.monotonicMs();
  }

  /** Opens or creates the journal of a folder. Throws if another process has locked it, or it cannot be used. */
  static async open(options: JournalStoreOptions, clock: Clock): Promise<JournalStore> {
    let unlock: (() => void) | undefined;
    try {
      mkdirSync(options.folder, { recursive: true, mode: 0o700 });
      unlock = lockFolder(options.folder);
      const key = await openHeadKey(options.folder, options.headKeyFile);
      const store = new JournalStore(options, { clock, key, unlock });
      store.#openSegment();
      return store;
    } catch (fault) {
      unlock?.();
      if (fault instanceof HoldfastError) throw fault;
      throw new HoldfastError(
        'journal_unusable',
        `The journal "${options.folder}" cannot be used: ${errorText(fault)}`,
        { cause: fault },
      );
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
      this.#guard(() => (this.#segment ?? this.#openSegment()).probe());
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
      return work(this.#segment);
    });
  }

  /** Runs work that writes to the disk. */
  #guard<Result>(work: () => Result): Result {
    try {
      const result = work();
      this.#failure = undefined;
      return result;
    } catch (fault) {
      this.#failure = errorText(fault);
      if (!isHarmless(fault)) this.#forgetSegment();
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
    const found = recoverChain(folder, { nowMs, nextChain: () => this.#nextChain(nowMs) });
    this.#damages.push(...found.damages);
    this.#sealed = [...found.sealed];
    this.#lastHeadSequence = found.lastHeadSequence;
    this.#newestTimeMs = found.newestTimeMs;
    this.#lastSequence = found.position.lastSequence;
    if (found.open === undefined) {
      // A process that was killed between two segments leaves its folds in the sealed one.
      const sealed = found.sealed.at(-1);
      const folds = sealed === undefined ? new Map<string, string>() : readFolds(sealed.path);
      return this.#beginSegment(found.position, folds);
    }
    this.#segment = new Segment(found.open.path, found.position, found.open);
    return this.#segment;
  }

  #beginSegment(position: ChainPosition, folds: SavedFolds): Segment {
    const { folder, cluster, replica } = this.#options;
    const nowMs = this.#clock.wallMs();
    const firstSequence = position.lastSequence + 1;
    const path = segmentPath(folder, firstSequence);
    createSegment(path, position, { cluster, replica, nowMs, folds });
    this.#segment = new Segment(path, position, { firstSequence, createdAtMs: nowMs });
    return this.#segment;
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
    return planned.map(({ reason, segment: { firstSequence, lastSequence } }) => {
      removeWithNotice(folder, segmentPath(folder, firstSequence));
      this.#sealed = this.#sealed.filter((file) => file.firstSequence !== firstSequence);
      return { firstSequence, lastSequence, reason };
    });
  }
}

function isHarmless(fault: unknown): boolean {
  const code = sqliteErrorCode(fault);
  return typeof code === 'number' && HARMLESS_FAULTS.has(code & PRIMARY_CODE);
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
