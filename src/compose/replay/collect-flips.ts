/** Counts what a replay finds: flips by what flipped and for whom, and what could not be judged again. */
import type { UnjudgedReason } from './classify-unjudged.ts';
import type { Flip } from './diff-verdicts.ts';
import type { FlippedReview, ReplayedItem } from './replay-items.ts';

/** Flips of one kind: from and to the same decision, by the same policies with the same codes. */
export interface FlipGroup extends Flip {
  readonly count: number;
  /** Those with most flips first; the empty name is that of objects that nothing manages. */
  readonly applications: readonly NamedCount[];
  readonly users: readonly NamedCount[];
  /** The first of them. */
  readonly example: FlippedReview;
}

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

export interface UnjudgedCount {
  readonly reason: UnjudgedReason;
  /** The policy and the fact; the first of several thousand different ones. */
  readonly detail?: string | undefined;
  readonly count: number;
}

export interface ReplayReport {
  readonly judged: number;
  readonly flipped: number;
  /** Those with most flips first. */
  readonly groups: readonly FlipGroup[];
  readonly unjudged: readonly UnjudgedCount[];
}

/** A candidate that flips everything in as many ways must not exhaust memory. */
const GROUPS_MAX = 1000;
const NAMES_MAX = 10_000;
const OTHERS = '(others)';

interface CollectedGroup {
  readonly flip: Flip;
  readonly example: FlippedReview;
  count: number;
  readonly applications: Map<string, number>;
  readonly users: Map<string, number>;
}

/** Collects the answers of one replay. */
export class FlipCollector {
  readonly #groups = new Map<string, CollectedGroup>();
  readonly #unjudged = new Map<string, { readonly found: UnjudgedCount; count: number }>();
  #judged = 0;

  add(replayed: ReplayedItem): void {
    if (replayed.status === 'unjudged') {
      this.#countUnjudged(replayed);
      return;
    }
    this.#judged += 1;
    if (replayed.status === 'same') return;
    const { flipped } = replayed;
    const group = this.#groupOf(flipped);
    group.count += 1;
    count(group.applications, flipped.application);
    count(group.users, flipped.username);
  }

  report(): ReplayReport {
    const groups = [...this.#groups.values()].map(
      ({ flip, example, count: total, applications, users }): FlipGroup => ({
        ...flip,
        count: total,
        applications: listCounts(applications),
        users: listCounts(users),
        example,
      }),
    );
    return {
      judged: this.#judged,
      flipped: groups.reduce((sum, group) => sum + group.count, 0),
      groups: groups.toSorted((a, b) => b.count - a.count),
      unjudged: [...this.#unjudged.values()]
        .map(({ found, count: total }) => ({ ...found, count: total }))
        .toSorted((a, b) => b.count - a.count),
    };
  }

  #groupOf(flipped: FlippedReview): CollectedGroup {
    const { from, to, policies, codes } = flipped.flip;
    const key = JSON.stringify([from, to, policies, codes]);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const isFull = this.#groups.size >= GROUPS_MAX;
    const flip = isFull ? { from, to, policies: [OTHERS], codes: [OTHERS] } : flipped.flip;
    const kept = isFull ? JSON.stringify([from, to, OTHERS]) : key;
    const group = this.#groups.get(kept) ?? {
      flip,
      example: flipped,
      count: 0,
      applications: new Map<string, number>(),
      users: new Map<string, number>(),
    };
    this.#groups.set(kept, group);
    return group;
  }

  #countUnjudged({ reason, detail }: Extract<ReplayedItem, { readonly status: 'unjudged' }>): void {
    const isFull = this.#unjudged.size >= NAMES_MAX;
    const found = isFull ? { reason, count: 0 } : { reason, detail, count: 0 };
    const key = JSON.stringify([found.reason, found.detail]);
    const known = this.#unjudged.get(key);
    if (known === undefined) this.#unjudged.set(key, { found, count: 1 });
    else known.count += 1;
  }
}

function count(counts: Map<string, number>, name: string): void {
  const key = counts.has(name) || counts.size < NAMES_MAX ? name : OTHERS;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function listCounts(counts: ReadonlyMap<string, number>): readonly NamedCount[] {
  return [...counts]
    .map(([name, total]) => ({ name, count: total }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}
