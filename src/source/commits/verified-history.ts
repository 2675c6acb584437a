/**
 * Which commits were verified, by the history that they are part of: where a range ends, and what a branch must not lose.
 *
 * A commit that was seen and refused is not here: nobody has to keep it. What is here must not be forgotten by what others do, as a
 * branch whose verified commits are forgotten can be rewritten.
 */

/** A ref of a repository, as a rule sees it. */
export interface HistoryName {
  readonly rule: string;
  /** In normal form. */
  readonly repository: string;
  readonly ref: string;
}

/** A commit of a history that was verified just now. */
export interface VerifiedTip {
  readonly objectId: string;
  /** Tips that its own history contains: it stands for them from now on. */
  readonly replaced: readonly string[];
  /** The commit at which the ref is, whose history contains all of them. */
  readonly refTip: string;
}

export interface HistoryEntry {
  /** Object ids, the newest last. */
  readonly commits: readonly string[];
  /** Verified commits of which none contains another. */
  readonly tips: readonly string[];
}

export type KeptHistory = readonly [key: string, entry: HistoryEntry];

/** A branch of a repository under a rule each: more than a large cluster follows. */
const HISTORIES_MAX = 10_000;
/** A range ends at one of them, and almost always at the newest. */
const COMMITS_MAX = 100;
/** One, unless commits were deployed that stood beside each other before they were merged. */
const TIPS_MAX = 16;

const NOTHING: HistoryEntry = { commits: [], tips: [] };

/** In memory; whoever creates it keeps the entries. */
export class VerifiedHistory {
  // A Map keeps the order of insertion: the history that was used last is last.
  readonly #entries: Map<string, HistoryEntry>;
  readonly #entriesMax: number;
  #isChanged = false;

  constructor(kept: readonly KeptHistory[] = [], entriesMax = HISTORIES_MAX) {
    this.#entries = new Map(kept.slice(-entriesMax));
    this.#entriesMax = entriesMax;
  }

  has(name: HistoryName, objectId: string): boolean {
    return this.#entryOf(name).commits.includes(objectId);
  }

  /** Whether any commit of this history was verified before: the first one is judged alone. */
  isEmpty(name: HistoryName): boolean {
    return this.#entryOf(name).commits.length === 0;
  }

  /** The commit was verified, with everything that its rule wants before it. */
  add(name: HistoryName, objectId: string): void {
    const entry = this.#entryOf(name);
    const commits = [...entry.commits.filter((each) => each !== objectId), objectId];
    this.#put(name, { ...entry, commits: commits.slice(-COMMITS_MAX) });
  }

  /** What the history of the ref has to contain. */
  tips(name: HistoryName): readonly string[] {
    return this.#entryOf(name).tips;
  }

  /** The commit takes the place of those that it contains, and of no others: two that are added at once are both kept. */
  advance(name: HistoryName, { objectId, replaced, refTip }: VerifiedTip): void {
    const entry = this.#entryOf(name);
    const others = entry.tips.filter((tip) => tip !== objectId && !replaced.includes(tip));
    const tips = [...others, objectId];
    // More than anybody deploys: the tip of the ref contains them all, so that none of them can be lost.
    this.#put(name, { ...entry, tips: tips.length > TIPS_MAX ? [refTip] : tips });
  }

  /** A rule that accepts rewritten histories has accepted this one. */
  drop(name: HistoryName, lost: readonly string[]): void {
    const entry = this.#entryOf(name);
    const tips = entry.tips.filter((tip) => !lost.includes(tip));
    if (tips.length < entry.tips.length) this.#put(name, { ...entry, tips });
  }

  /** Everything, to be kept; what is changed from now on is a change. */
  takeEntries(): readonly KeptHistory[] {
    this.#isChanged = false;
    return [...this.#entries];
  }

  /** Whether there is something that was not taken yet. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  #entryOf(name: HistoryName): HistoryEntry {
    return this.#entries.get(formatHistory(name)) ?? NOTHING;
  }

  #put(name: HistoryName, entry: HistoryEntry): void {
    const key = formatHistory(name);
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#isChanged ||= !isSame(known, entry);
    if (this.#entries.size <= this.#entriesMax) return;
    const forgotten = chooseForgotten(this.#entries, key);
    if (forgotten !== undefined) this.#entries.delete(forgotten);
  }
}

/**
 * Stops who makes many branches so that those of others are forgotten: the repository with the most histories loses one, of
 * those the one with the fewest verified commits, of those the one that was used longest ago.
 */
function chooseForgotten(
  entries: ReadonlyMap<string, HistoryEntry>,
  added: string,
): string | undefined {
  const groups = new Map<string, string[]>();
  for (const key of entries.keys()) {
    const group = key.slice(0, key.lastIndexOf(SEPARATOR));
    const keys = groups.get(group);
    if (keys === undefined) groups.set(group, [key]);
    else keys.push(key);
  }
  const [largest = []] = [...groups.values()].toSorted((left, right) => right.length - left.length);
  const size = (key: string): number => entries.get(key)?.commits.length ?? 0;
  // Sorting is stable: among equals, the order of use stays.
  return largest
    .filter((key) => key !== added)
    .toSorted((left, right) => size(left) - size(right))
    .at(0);
}

function isSame(known: HistoryEntry | undefined, entry: HistoryEntry): boolean {
  return (
    known !== undefined &&
    known.commits.join() === entry.commits.join() &&
    known.tips.join() === entry.tips.join()
  );
}

/** A control character separates the parts: no name of a rule, URL or ref contains one. */
const SEPARATOR = '\u0000';

function formatHistory({ rule, repository, ref }: HistoryName): string {
  return [rule, repository, ref].join(SEPARATOR);
}
