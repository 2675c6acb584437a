/** An index of claims by the name of the claimed object. */
import type { ObjectReference } from '../object-reference.ts';
import { matchesClaimed } from '../lookup/parse-claims.ts';
import type { ClaimedObject } from '../lookup/parse-claims.ts';
import type { CachedObject } from './reduce-metadata.ts';

/** An index over the GitOps objects of one kind. */
export class ClaimIndex {
  readonly #claimants = new Map<string, Set<CachedObject>>();

  readonly add = (claimant: CachedObject): void => {
    for (const claimed of claimant.claimed ?? []) {
      const key = keyOf(claimed);
      const claimants = this.#claimants.get(key) ?? new Set();
      this.#claimants.set(key, claimants.add(claimant));
    }
  };

  readonly remove = (claimant: CachedObject): void => {
    for (const claimed of claimant.claimed ?? []) {
      const key = keyOf(claimed);
      const claimants = this.#claimants.get(key);
      claimants?.delete(claimant);
      if (claimants?.size === 0) this.#claimants.delete(key);
    }
  };

  find(reference: ObjectReference): readonly CachedObject[] {
    const claimants = [...(this.#claimants.get(keyOf(reference)) ?? [])];
    return claimants.filter(({ claimed = [] }) =>
      claimed.some((object) => matchesClaimed(object, reference)),
    );
  }
}

function keyOf({ group, name }: Pick<ClaimedObject, 'group' | 'name'>): string {
  return `${group}/${name}`;
}
