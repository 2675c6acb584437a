/**
 * The managed objects that the deletion of a namespace would destroy, found by listing metadata only.
 *
 * A hit ends the search, unless its application is gone; "there is none" requires a complete search. If a list cannot be read to its end, the
 * answer is `unavailable`, so that an attacker cannot hide a managed object behind ten thousand others.
 */
import type { KubernetesObject } from '../object.ts';
import type { ApiReading } from '../client/cluster-client.ts';
import { compareObjects } from '../object-reference.ts';
import { formatListPath } from '../client/format-api-path.ts';
import type { ResourceKind } from '../client/format-api-path.ts';
import { listPages } from '../client/list-pages.ts';
import type {
  LeftBehindTest,
  LookupUnavailable,
  ManagedLookup,
  ManagedObject,
  ManagedTest,
} from './lookup.ts';

export interface ManagedSearch {
  readonly kinds: readonly ResourceKind[];
  readonly isManaged: ManagedTest;
  readonly leftBehind: LeftBehindTest;
  readonly read: (path: string, accept: string) => Promise<ApiReading>;
}

/** Kubernetes API Concepts, "Metadata-only fetches": names, labels and annotations, but no Secret's data. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const PAGE_OBJECTS = 500;
/**
 * Ten thousand objects of a kind in one namespace; a larger namespace should be checked by a person before it
 * is deleted.
 */
const PAGES_MAX = 20;
/** Left-behind objects of a kind that are kept: those whose applications have been gone for the shortest time. */
const LEFT_BEHIND_MAX = 20;

type KindSearch =
  { readonly status: 'searched'; readonly objects: readonly ManagedObject[] } | LookupUnavailable;

/** Some managed objects: those on the first page of a kind that has any that an application stands behind. */
export async function findManaged(
  namespace: string,
  search: ManagedSearch,
): Promise<ManagedLookup> {
  const results = await Promise.all(
    search.kinds.map((kind) => searchKind(kind, namespace, search)),
  );
  const objects = results.flatMap((result) => (result.status === 'searched' ? result.objects : []));
  const failure = results.find((result) => result.status === 'unavailable');
  // That everything is left behind must be proven to the end, like "there is none".
  if (failure !== undefined && !objects.some(isOwned)) return failure;
  return { status: 'found', objects: objects.toSorted(compareObjects) };
}

async function searchKind(
  kind: ResourceKind,
  namespace: string,
  { isManaged, leftBehind, read }: ManagedSearch,
): Promise<KindSearch> {
  const path = formatListPath(kind, namespace);
  if (path === undefined) return failed(`There is no path to ${kind.resource} of "${namespace}"`);
  let objects: readonly ManagedObject[] = [];
  const end = await listPages(path, {
    read,
    accept: METADATA_ONLY,
    pageObjects: PAGE_OBJECTS,
    pagesMax: PAGES_MAX,
    visit: (items) => {
      const asked = { kind, namespace, isManaged, leftBehind };
      const found = items.flatMap((item) => describeManaged(item, asked));
      const owned = found.filter(isOwned);
      objects = owned.length > 0 ? owned : keepLatest([...objects, ...found]);
      return owned.length > 0;
    },
  });
  // An absent kind is not installed: a cluster without Argo CD has no Applications.
  return end.status === 'unavailable' ? end : { status: 'searched', objects };
}

interface ItemQuestion extends Pick<ManagedSearch, 'isManaged' | 'leftBehind'> {
  readonly kind: ResourceKind;
  readonly namespace: string;
}

function describeManaged(
  item: KubernetesObject,
  { kind, namespace, isManaged, leftBehind }: ItemQuestion,
): readonly ManagedObject[] {
  const reference = { ...kind, namespace, name: item.metadata?.name ?? '' };
  // Items of a metadata list are of kind PartialObjectMetadata; the marks name the kind that they represent.
  const managed = isManaged({ ...item, kind: kind.kind }, reference);
  if (managed === undefined) return [];
  const left = managed.application && leftBehind(managed.application, reference);
  return [{ ...reference, ...managed, ...(left && { leftBehind: left }) }];
}

/** Whether an application stands behind it: its own, or another that lists it. */
export function isOwned({ leftBehind }: ManagedObject): boolean {
  return leftBehind === undefined || leftBehind.listedBy !== undefined;
}

function keepLatest(objects: readonly ManagedObject[]): readonly ManagedObject[] {
  const goneForMs = ({ leftBehind }: ManagedObject) => leftBehind?.goneForMs ?? 0;
  return objects
    .toSorted((left, right) => goneForMs(left) - goneForMs(right))
    .slice(0, LEFT_BEHIND_MAX);
}

function failed(reason: string): LookupUnavailable {
  return { status: 'unavailable', code: 'lookup_failed', reason };
}
