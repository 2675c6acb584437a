/** Which of an application's commits decides about what it writes. */
import type { CommitFact } from './commit-fact.ts';

/**
 * The worst one, as an object may come from any of the sources; the first of equals. `undefined` where the application has no
 * source.
 */
export function decideCommit(commits: readonly CommitFact[]): CommitFact | undefined {
  return commits.toSorted((left, right) => rank(left) - rank(right))[0];
}

const MODE_RANKS = { deny: 1, warn: 2, allow: 4 } as const;

function rank(commit: CommitFact): number {
  switch (commit.status) {
    case 'rejected':
      return 0;
    case 'unavailable':
      return MODE_RANKS[commit.mode];
    case 'unjudged':
      return 3;
    case 'verified':
      return 5;
  }
}
