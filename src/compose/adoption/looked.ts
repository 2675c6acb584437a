/** What was asked of a cluster, and whether it could be read: what could not is never taken for absent. */

/** - `seen`: all of it; `cut`: the first part, the rest is not known; `unseen`: nothing */
export type Looked<Value> =
  | { readonly status: 'seen'; readonly value: Value }
  | { readonly status: 'cut'; readonly value: Value; readonly reason: string }
  | Unseen;

export interface Unseen {
  readonly status: 'unseen';
  readonly reason: string;
  /** The caller may not read it: a permission helps, and nothing else is wrong. */
  readonly isForbidden: boolean;
}

/** Everything was read, so that what is missing is not there. */
export function isWhole(looked: Looked<unknown>): boolean {
  return looked.status === 'seen';
}

/** What was read, of lists; it may be a part. */
export function listSeen<Item>(looked: Looked<readonly Item[]>): readonly Item[] {
  return looked.status === 'unseen' ? [] : looked.value;
}
