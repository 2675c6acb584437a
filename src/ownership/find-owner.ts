/**
 * Who owns a changed path of the stored object. A walk without a schema: the API's types are not needed,
 * and every doubt counts as Git's.
 */
import { followItem, followKey, isLeaf } from './follow-field.ts';
import type { PathSegment } from '../base/format-value.ts';
import { formatText } from '../base/format-value.ts';
import type { FieldOwners, FieldTree } from './parse-field-owners.ts';
import type { Budget } from './same-value.ts';

/** A path, and for each of its list items the item itself: an entry names items by their key fields. */
export interface OwnedPath {
  readonly segments: readonly PathSegment[];
  readonly items: readonly unknown[];
  /** The path did not exist before, so it had no owner. */
  readonly isAdded: boolean;
}

export interface PathOwner {
  readonly owner?: string | undefined;
  readonly gitOwned: boolean;
}

/** One budget for all paths of a request; above it, every path counts as Git's. */
export function findOwner(
  { entries, isDoubtful }: FieldOwners,
  path: OwnedPath,
  { budget, textCharsMax }: { readonly budget: Budget; readonly textCharsMax: number },
): PathOwner {
  const names = new Set<string>();
  let isGits = isDoubtful;
  let isUnmatched = false;
  for (const { manager, isGit, tree } of entries) {
    const claim = claimOf(tree, path, budget);
    if (claim === 'owned') names.add(manager);
    if (isGit && (claim === 'owned' || claim === 'unknown')) isGits = true;
    if (isGit && claim === 'unmatched') isUnmatched = true;
  }
  // Neither Git's entry nor another one has an item with these keys: the keys may have been defaulted.
  const isLost = isUnmatched && names.size === 0 && !path.isAdded;
  const gitOwned = isGits || isLost || budget.nodes < 0;
  if (names.size === 0) return { gitOwned };
  return { owner: formatText([...names].join(', '), textCharsMax), gitOwned };
}

type Claim = 'owned' | 'free' | 'unmatched' | 'unknown';

function claimOf(root: FieldTree, { segments, items }: OwnedPath, budget: Budget): Claim {
  let tree = root;
  for (const [depth, segment] of segments.entries()) {
    budget.nodes -= 1;
    if (budget.nodes < 0) return 'unknown';
    // An entry without fields owns nothing; below the root, a leaf owns its whole value.
    if (isLeaf(tree)) return depth === 0 ? 'free' : 'owned';
    if ('key' in segment) {
      const next = followKey(tree, segment.key);
      if (next === undefined) return 'free';
      tree = next;
    } else {
      const index = 'index' in segment ? segment.index : undefined;
      const next = followItem(tree, { item: items[depth], index }, budget);
      if (next === 'unknown') return next;
      if (next === 'absent') return 'unmatched';
      tree = next;
    }
  }
  return segments.length === 0 ? 'unknown' : 'owned';
}
