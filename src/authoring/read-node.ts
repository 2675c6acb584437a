/** A place in the input, and what is read of it: the whole value, or only some of its members. */
import type { EntryLookup } from '../policy/entry-lookups.ts';
import type { ValueReads } from '../policy/value-reads.ts';

/** Deeper, a whole value is read: cutting single members out of a small value costs more than it saves. */
const DEPTH_MAX = 8;

/** A place, with the members that are read of it. */
export class ReadNode {
  readonly #path: readonly string[];
  readonly #members = new Map<string, ReadNode>();
  /** Facts that name an entry which is read. */
  readonly #facts = new Set<ReadNode>();
  #isWhole = false;

  constructor(path: readonly string[] = []) {
    this.#path = path;
  }

  /** The member of the input below which it lies: `request`, `facts`, `parameters`; `undefined` for these themselves. */
  get document(): string | undefined {
    return this.#path.length > 1 ? this.#path[0] : undefined;
  }

  /** A member that is read; what of it, its own node says. Without more, it is whether the member is there. */
  member(key: string): ReadNode {
    const known = this.#members.get(key);
    if (known !== undefined) return known;
    // JavaScript has a meaning of its own for this key, and no Kubernetes object a use.
    if (key === '__proto__' || this.#path.length === DEPTH_MAX) this.readWhole();
    const made = new ReadNode([...this.#path, key]);
    this.#members.set(key, made);
    return made;
  }

  readWhole(): void {
    this.#isWhole = true;
  }

  /** Of a table among the parameters, the entry that the fact at this place names is read whole. */
  readEntry(fact: ReadNode): void {
    this.#facts.add(fact);
  }

  /** `true` for the whole value. */
  toReads(): ValueReads {
    if (this.#isWhole) return true;
    const entries = [...this.#members].map(([key, node]) => [key, node.toReads()] as const);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The tables of which entries are read beside `toReads()`, by their paths below `parameters`. */
  toLookups(): readonly EntryLookup[] {
    if (this.#isWhole) return [];
    const own = [...this.#facts].map((fact) => ({
      table: this.#path.slice(1),
      fact: fact.#path.slice(1),
    }));
    return [...own, ...[...this.#members.values()].flatMap((node) => node.toLookups())];
  }
}
