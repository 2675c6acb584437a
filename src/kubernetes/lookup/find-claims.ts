/** Which GitOps objects list an object as applied by them, read from the API server now. */
import type { ApiReading } from '../client/cluster-client.ts';
import { formatListPath } from '../client/format-api-path.ts';
import type { ResourceKind } from '../client/format-api-path.ts';
import { listPages } from '../client/list-pages.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { Claim, ClaimLookup, LookupUnavailable } from './lookup.ts';
import { matchesClaimed, readClaims, CLAIMING_KINDS } from './parse-claims.ts';

export interface ClaimSearch {
  readonly read: (path: string, accept: string) => Promise<ApiReading>;
}

/** An Application with thousands of resources is a megabyte of JSON. */
const PAGE_OBJECTS = 50;
const PAGES_MAX = 40;

type Searched =
  { readonly status: 'searched'; readonly claims: readonly Claim[] } | LookupUnavailable;

/** A claim ends the search of its kind; "none" requires a complete search. */
export async function findClaims(
  reference: ObjectReference,
  search: ClaimSearch,
): Promise<ClaimLookup> {
  const results = await Promise.all(
    CLAIMING_KINDS.map((kind) => searchKind(kind, reference, search)),
  );
  const claims = results.flatMap((result) => (result.status === 'searched' ? result.claims : []));
  if (claims.length > 0) return { status: 'found', claims };
  return results.find((result) => result.status === 'unavailable') ?? { status: 'found', claims };
}

async function searchKind(
  kind: ResourceKind,
  reference: ObjectReference,
  { read }: ClaimSearch,
): Promise<Searched> {
  const path = formatListPath(kind, undefined) ?? '';
  let claims: readonly Claim[] = [];
  const end = await listPages(path, {
    read,
    pageObjects: PAGE_OBJECTS,
    pagesMax: PAGES_MAX,
    visit: (items) => {
      claims = items.flatMap((item) => {
        const stored = readClaims(kind.kind, item);
        const isClaimed = stored?.objects.some((object) => matchesClaimed(object, reference));
        return stored !== undefined && isClaimed === true ? [stored.claim] : [];
      });
      return claims.length > 0;
    },
  });
  // An absent kind is not installed: a cluster without Flux has no Kustomizations.
  return end.status === 'unavailable' ? end : { status: 'searched', claims };
}
