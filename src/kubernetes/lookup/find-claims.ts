/** Which GitOps objects list an object as applied by them, read from the API server now. */
import type { ApiReading } from '../client/cluster-client.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { ClaimLookup } from './lookup.ts';
import { matchesClaimed, readClaims } from './parse-claims.ts';
import { searchClaims } from './search-claims.ts';

export interface ClaimSearch {
  readonly read: (path: string, accept: string) => Promise<ApiReading>;
}

/** A claim ends the search of its kind; "none" requires a complete search. */
export async function findClaims(
  reference: ObjectReference,
  { read }: ClaimSearch,
): Promise<ClaimLookup> {
  const searched = await searchClaims({
    read,
    find: (kind, items) =>
      items.flatMap((item) => {
        const stored = readClaims(kind, item);
        const isClaimed = stored?.objects.some((object) => matchesClaimed(object, reference));
        return stored !== undefined && isClaimed === true ? [stored.claim] : [];
      }),
  });
  return searched.status === 'unavailable' ? searched : { status: 'found', claims: searched.found };
}
