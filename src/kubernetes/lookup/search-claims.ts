/** Searches what GitOps objects list as applied by them, read from the API server now. */
import type { ApiReading } from '../client/cluster-client.ts';
import { formatListPath } from '../client/format-api-path.ts';
import { listPages } from '../client/list-pages.ts';
import type { KubernetesObject } from '../object.ts';
import type { LookupUnavailable } from './lookup.ts';
import { CLAIMING_KINDS } from './parse-claims.ts';

export interface ClaimPages<Found> {
  readonly read: (path: string, accept: string) => Promise<ApiReading>;
  /** What is looked for in the objects of one page; anything ends the search of their kind. */
  readonly find: (kind: string, items: readonly KubernetesObject[]) => readonly Found[];
}

type Searched<Found> =
  { readonly status: 'searched'; readonly found: readonly Found[] } | LookupUnavailable;

/** An Application with thousands of resources is a megabyte of JSON. */
const PAGE_OBJECTS = 50;
const PAGES_MAX = 40;

/** Nothing is found only where every kind was read to its end. */
export async function searchClaims<Found>(pages: ClaimPages<Found>): Promise<Searched<Found>> {
  const results = await Promise.all(CLAIMING_KINDS.map((kind) => searchKind(kind, pages)));
  const found = results.flatMap((result) => (result.status === 'searched' ? result.found : []));
  if (found.length > 0) return { status: 'searched', found };
  return results.find((result) => result.status === 'unavailable') ?? { status: 'searched', found };
}

async function searchKind<Found>(
  kind: (typeof CLAIMING_KINDS)[number],
  { read, find }: ClaimPages<Found>,
): Promise<Searched<Found>> {
  let found: readonly Found[] = [];
  const end = await listPages(formatListPath(kind, undefined) ?? '', {
    read,
    pageObjects: PAGE_OBJECTS,
    pagesMax: PAGES_MAX,
    visit: (items) => {
      found = find(kind.kind, items);
      return found.length > 0;
    },
  });
  // An absent kind is not installed: a cluster without Flux has no Kustomizations.
  return end.status === 'unavailable' ? end : { status: 'searched', found };
}
