/** A place in a document, and what is read of it: the whole value, or only some of its members. */
import type { ValueReads } from '../policy/value-reads.ts';

/** Deeper, a whole value is read: cutting single members out of a small value costs more than it saves. */
const DEPTH_MAX = 8;

/** A place, with the members that are read of it. */
export class ReadNode {
  readonly #depth: number;
  readonly #members = new Map<string, ReadNode>();
  #isWhole = false;

  constructor(depth = 0) {
    this.#depth = depth;
  }

  /** A member that is read; what of it, its own node says. Without more, it is whether the member is there. */
  member(key: string): ReadNode {
    const known = this.#members.get(key);
    if (known !== undefined) return known;
    // JavaScript has a meaning of its own for this key, and no Kubernetes object a use.
    if (key === '__proto__' || this.#depth === DEPTH_MAX) this.readWhole();
    const made = new ReadNode(this.#depth + 1);
    this.#members.set(key, made);
    return made;
  }

  readWhole(): void {
    this.#isWhole = true;
  }

  /** `true` for the whole value. */
  toReads(): ValueReads {
    if (this.#isWhole) return true;
    const entries = [...this.#members].map(([key, node]) => [key, node.toReads()] as const);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
