/**
 * Follows the journal for objects that people changed under break-glass grants, until Git has them again. What is open
 * survives a restart; it is counted and logged, so that nobody forgets it.
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
  /** Always far ahead: what is held open is no evidence, so nothing is kept in the journal for it. */
  readonly settledThrough: () => number;
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
}

const SPACE = 'held-open';
/** No object is called so: a name has a space in it. */
const CURSOR = 'cursor';
/** Entries of one read of the journal: some megabytes in memory. */
const PAGE_ENTRIES = 500;

/** Begins to follow where it ended the last time. Rejects where the state cannot be read. */
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
    // A cursor beyond the journal is of another one: this one is read from its beginning.
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
        // Once, not with every record from now on.
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
