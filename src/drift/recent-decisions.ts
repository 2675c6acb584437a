/**
 * What admission allowed lately, as the journal says: a change that a decision covers has passed. A decision is on disk before the
 * write that it allows, so that it is here when the write is seen.
 */
import type { AuditRecord } from '../audit/audit-record.ts';
import type { JournalReader } from '../audit/journal.ts';
import { formatObjectKey } from '../audit/verify/index-record.ts';
import type { WallMs } from '../base/clock.ts';
import type { ReplicaDecision } from './replica-decisions.ts';

/** An allowed request that may have written an object. */
interface AllowedWrite {
  readonly object: string;
  readonly atMs: WallMs;
  readonly isDeletion: boolean;
  /** It made the object. */
  readonly isCreation: boolean;
  /** What it changed; absent where all of the object may have changed. */
  readonly paths?: ReadonlySet<string> | undefined;
}

/** A change that somebody must have allowed. */
export interface WrittenPath {
  readonly path: string;
  /** When it was written, as managedFields say; absent where they do not. */
  readonly atMs?: WallMs | undefined;
}

/** What a decision must cover. */
export interface CoverQuestion {
  /** `group/resource/namespace/name`. */
  readonly object: string;
  /** When the state was read that is compared with: what was decided before is in it. */
  readonly sinceMs: WallMs;
  /** The object was made anew since: its creation counts, too. */
  readonly isNew: boolean;
  readonly what: 'deleted' | { readonly paths: readonly WrittenPath[] };
}

export interface RecentDecisionsOptions {
  readonly journal: Pick<JournalReader, 'read' | 'lastSequence'>;
  /** The last entry that need not be read. */
  readonly afterSequence: number;
  readonly decisionsMax: number;
}

/** A few megabytes in memory. */
const PAGE_ENTRIES = 500;
/** Others need to hear of the last ones only: each has told of the earlier ones. */
const TOLD_MS = 30_000;
const TOLD_MAX = 200;
/** So far the clocks of the API server and of the replicas may differ, and a write may be behind its decision. */
const CLOCKS_MS = 5000;

/** Decisions of this replica, by its journal, and those of which the others have told. */
export class RecentDecisions {
  readonly #options: RecentDecisionsOptions;
  readonly #byObject = new Map<string, AllowedWrite[]>();
  /** In the order of the journal. */
  #order: AllowedWrite[] = [];
  /** By other writers than GitOps controllers: what other replicas may have to know. */
  #told: ReplicaDecision[] = [];
  readonly #others = new Map<string, readonly ReplicaDecision[]>();
  #cursor: number;
  #reading: Promise<void> | undefined;

  constructor(options: RecentDecisionsOptions) {
    this.#options = options;
    const last = options.journal.lastSequence();
    // A cursor beyond the end belongs to another journal.
    this.#cursor = options.afterSequence <= last ? options.afterSequence : 0;
  }

  /** The last entry that was read. */
  get cursor(): number {
    return this.#cursor;
  }

  get size(): number {
    return this.#order.length;
  }

  /** Resolves when everything that is durable now was read; rejects where the journal cannot be read. */
  async catchUp(): Promise<void> {
    const { journal } = this.#options;
    // Lower numbers than ours belong to a new chain.
    if (journal.lastSequence() < this.#cursor) this.#cursor = 0;
    while (this.#cursor < journal.lastSequence()) {
      this.#reading ??= this.#readPage().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
  }

  /**
   * Which paths no decision covers; for a deletion, the empty path. Empty: all of it has passed admission. A decision covers one
   * write, not those that follow: managedFields have the time at which a request arrived, and it was decided then.
   */
  findUncovered({ object, sinceMs, isNew, what }: CoverQuestion): readonly string[] {
    const decisions = [...(this.#byObject.get(object) ?? []), ...this.#ofOthers(object)].filter(
      ({ atMs, isCreation }) => atMs >= sinceMs - CLOCKS_MS && (isNew || !isCreation),
    );
    if (what === 'deleted') return decisions.some(({ isDeletion }) => isDeletion) ? [] : [''];
    const uncovered = what.paths.filter(
      ({ path, atMs: writtenAtMs = 0 }) =>
        !decisions.some(
          ({ paths, atMs }) =>
            atMs >= writtenAtMs - CLOCKS_MS && (paths === undefined || paths.has(path)),
        ),
    );
    return uncovered.map(({ path }) => path);
  }

  /** What other replicas are told. */
  listTold(nowMs: WallMs): readonly ReplicaDecision[] {
    this.#told = this.#told.filter(({ atMs }) => nowMs - atMs <= TOLD_MS).slice(-TOLD_MAX);
    return this.#told;
  }

  /** What another replica has decided. */
  hear(replica: string, decisions: readonly ReplicaDecision[]): void {
    this.#others.set(replica, decisions);
  }

  async #readPage(): Promise<void> {
    const { journal } = this.#options;
    const reading = await journal.read({ afterSequence: this.#cursor, entriesMax: PAGE_ENTRIES });
    for (const { record } of reading.entries) this.#take(record);
    const last = reading.entries.at(-1)?.sequence;
    // What retention has removed is older than anything that is asked about; a page without entries is a gap up to the end.
    this.#cursor = last ?? Math.max(journal.lastSequence(), reading.firstSequence - 1);
  }

  #take(record: AuditRecord): void {
    const { allowed, dryRun, route, operation, finding, actor } = record;
    const isWrite = allowed && !dryRun && route === 'validate' && operation !== 'CONNECT';
    if (!isWrite || finding === true) return;
    const write = describeWrite(record);
    this.#order.push(write);
    const earlier = this.#byObject.get(write.object);
    if (earlier === undefined) this.#byObject.set(write.object, [write]);
    else earlier.push(write);
    if (actor?.class !== 'gitops' || operation === 'DELETE') {
      this.#told.push({ ...write, paths: write.paths && [...write.paths] });
      if (this.#told.length > TOLD_MAX) this.#told.shift();
    }
    if (this.#order.length > this.#options.decisionsMax) this.#forgetOldest();
  }

  #forgetOldest(): void {
    // A tenth at once: to move the rest for each new one would cost more than all of its work.
    const kept = Math.floor(this.#options.decisionsMax * 0.9);
    for (const { object } of this.#order.slice(0, -kept)) {
      const writes = this.#byObject.get(object);
      writes?.shift();
      if (writes?.length === 0) this.#byObject.delete(object);
    }
    this.#order = this.#order.slice(-kept);
  }

  #ofOthers(object: string): readonly AllowedWrite[] {
    return [...this.#others.values()]
      .flat()
      .flatMap((decision) =>
        decision.object === object
          ? [{ ...decision, paths: decision.paths && new Set(decision.paths) }]
          : [],
      );
  }
}

function describeWrite({ object, time, operation, change, cut }: AuditRecord): AllowedWrite {
  const isCut = cut?.includes('change') === true;
  const isWhole = operation !== 'UPDATE' || change === undefined || change.truncated || isCut;
  return {
    object: formatObjectKey(object),
    atMs: Date.parse(time),
    isDeletion: operation === 'DELETE',
    isCreation: operation === 'CREATE',
    ...(!isWhole && { paths: new Set(change.paths.map(({ path }) => path)) }),
  };
}
