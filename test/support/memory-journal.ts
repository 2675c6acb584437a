/** A journal in memory, for tests of what reads one: durable as long as the object lives, with retention and faults on demand. */
import type { JournalEntry, JournalReader, StateStore } from '../../src/audit/journal.ts';
import { sampleEntry } from './journal-entries.ts';

export class MemoryJournal implements JournalReader {
  readonly state: StateStore & { readonly spaces: Map<string, Map<string, string>> };
  /** How many entries the largest read has handed out. */
  readMax = 0;
  /** Set to make reads fail. */
  readFault: Error | undefined;
  /** How many reads find nothing, whatever there is. */
  emptyReads = 0;
  /** An entry that no reading hands out. */
  damagedSequence: number | undefined;
  /** Set to make writes of the state fail. */
  writeFault: Error | undefined;
  #entries: JournalEntry[] = [];
  #firstSequence = 1;
  #lastSequence = 0;
  readonly #listeners = new Set<() => void>();

  constructor() {
    const spaces = new Map<string, Map<string, string>>();
    this.state = {
      spaces,
      list: async (space) => new Map(spaces.get(space)),
      write: async (space, changes) => {
        if (this.writeFault !== undefined) throw this.writeFault;
        const kept = new Map(spaces.get(space));
        for (const [key, value] of Object.entries(changes)) {
          if (value === undefined) kept.delete(key);
          else kept.set(key, value);
        }
        spaces.set(space, kept);
      },
    };
  }

  readonly lastSequence: JournalReader['lastSequence'] = () => this.#lastSequence;

  readonly onAppended: JournalReader['onAppended'] = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read: JournalReader['read'] = async ({ afterSequence, entriesMax }) => {
    if (this.readFault !== undefined) throw this.readFault;
    if (this.emptyReads > 0) {
      this.emptyReads -= 1;
      return { entries: [], firstSequence: this.#firstSequence };
    }
    const entries = this.#entries
      .filter(({ sequence }) => sequence > afterSequence)
      .slice(0, entriesMax);
    if (entries.some(({ sequence }) => sequence === this.damagedSequence)) {
      throw new Error(`Entry ${this.damagedSequence} is damaged`);
    }
    this.readMax = Math.max(this.readMax, entries.length);
    return { entries, firstSequence: this.#firstSequence };
  };

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Appends sample entries, each with the next number. */
  append(count: number, overrides: Parameters<typeof sampleEntry>[1] = {}): void {
    for (let index = 0; index < count; index += 1) {
      this.#lastSequence += 1;
      this.#entries.push(sampleEntry(this.#lastSequence, overrides));
    }
    for (const listener of this.#listeners) listener();
  }

  /** Removes what is older, as retention does. */
  removeBefore(firstKept: number): void {
    this.#entries = this.#entries.filter(({ sequence }) => sequence >= firstKept);
    this.#firstSequence = firstKept;
  }

  /** Leaves numbers out, as a new chain after a damaged segment does. */
  skip(count: number): void {
    this.#lastSequence += count;
    for (const listener of this.#listeners) listener();
  }

  /** Forgets every entry and counts from 1 again, as after its folder was emptied. */
  beginAnew(): void {
    this.#entries = [];
    this.#firstSequence = 1;
    this.#lastSequence = 0;
  }

  /** What a state key holds, parsed. */
  stateOf(space: string, key: string): unknown {
    const text = this.state.spaces.get(space)?.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }
}
