/**
 * Tracks objects that were changed under break-glass grants until the GitOps controller writes them again. The list
 * survives a restart; it is counted and logged, so that emergency changes are not forgotten.
 */
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { JournalReader, StateStore } from '../audit/journal.ts';
import { planHeldOpen } from './plan-held-open.ts';

export interface HeldOpenDependencies {
  readonly journal: JournalReader & { readonly state: StateStore };
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface HeldOpenFollower {
  /** Always far ahead: this state is not evidence, so retention keeps no entries for it. */
  readonly settledThrough: () => number;
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

const SPACE = 'held-open';
/** Not an object: object names contain no spaces. */
const CURSOR = 'cursor';
/** Entries per read of the journal: a few megabytes in memory. */
const PAGE_ENTRIES = 500;

/** Continues from the stored position. Rejects if the state cannot be read. */
export async function followHeldOpen(
  dependencies: HeldOpenDependencies,
): Promise<HeldOpenFollower> {
  const known = new Map(await dependencies.journal.state.list(SPACE));
  const follower = new Follower(dependencies, known);
  follower.start();
  return {
    settledThrough: () => Number.MAX_SAFE_INTEGER - 1,
    problem: () => undefined,
    close: () => follower.close(),
  };
}

class Follower {
  readonly #dependencies: HeldOpenDependencies;
  readonly #held: Map<string, string>;
  #cursor: number;
  #hasFailed = false;
  #work: Promise<void> = Promise.resolve();
  #stop: () => void = () => undefined;

  constructor(dependencies: HeldOpenDependencies, known: Map<string, string>) {
    this.#dependencies = dependencies;
    const last = dependencies.journal.lastSequence();
    // A cursor beyond the end belongs to another journal: this one is read from its beginning.
    const cursor = Number(known.get(CURSOR) ?? 0);
    this.#cursor = Number.isSafeInteger(cursor) && cursor <= last ? cursor : 0;
    known.delete(CURSOR);
    this.#held = known;
  }

  start(): void {
    this.#publish();
    this.#stop = this.#dependencies.journal.onAppended(() => {
      this.#follow();
    });
    this.#follow();
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#work;
  }

  #follow(): void {
    this.#work = this.#work
      .then(() => this.#catchUp())
      .catch((error: unknown) => {
        // Logged once, not for every record.
        if (!this.#hasFailed) {
          this.#dependencies.logger.error('Objects that are held open cannot be followed', {
            error,
          });
        }
        this.#hasFailed = true;
      });
  }

  async #catchUp(): Promise<void> {
    const { journal } = this.#dependencies;
    for (;;) {
      const page = { afterSequence: this.#cursor, entriesMax: PAGE_ENTRIES };
      const { entries } = await journal.read(page);
      const last = entries.at(-1);
      if (last === undefined) return;
      const changes = planHeldOpen(entries, (object) => this.#held.has(object));
      const written: Record<string, string | undefined> = { [CURSOR]: String(last.sequence) };
      for (const { object, held } of changes) written[object] = held && JSON.stringify(held);
      await journal.state.write(SPACE, written);
      this.#cursor = last.sequence;
      for (const { object, held } of changes) this.#keep(object, held && JSON.stringify(held));
      this.#hasFailed = false;
      this.#publish();
    }
  }

  #keep(object: string, held: string | undefined): void {
    if (held !== undefined) {
      this.#held.set(object, held);
      this.#dependencies.logger.warn('An object is held open by a break-glass grant', {
        object,
        held,
      });
    } else if (this.#held.delete(object)) {
      this.#dependencies.logger.info('Git has an object again that was held open', { object });
    }
  }

  #publish(): void {
    this.#dependencies.metrics.set('holdfast_objects_held_open', this.#held.size);
  }
}
