/** The autoscalers of an object, read from the API server now. */
import type { ApiReading } from '../client/cluster-client.ts';
import { formatListPath } from '../client/format-api-path.ts';
import type { ResourceKind } from '../client/format-api-path.ts';
import { listPages } from '../client/list-pages.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { KubernetesObject } from '../object.ts';
import type { LookupUnavailable, ManagedTest, ScalerLookup } from './lookup.ts';
import { matchScalers, HPA_KIND, parseScaler, SCALED_OBJECT_KIND } from './parse-scaler.ts';
import type { StoredScaler, ScalerSpec } from './parse-scaler.ts';

export interface ScalerSearch {
  readonly isManaged: ManagedTest;
  readonly read: (path: string, accept: string) => Promise<ApiReading>;
}

const PAGE_OBJECTS = 250;
/** A thousand autoscalers of a kind in one namespace. */
const PAGES_MAX = 4;

const SCALERS: readonly (readonly [ScalerSpec['tool'], ResourceKind])[] = [
  ['hpa', HPA_KIND],
  ['keda', SCALED_OBJECT_KIND],
];

type Searched =
  { readonly status: 'searched'; readonly scalers: readonly StoredScaler[] } | LookupUnavailable;

/** "None" only if every kind was read to its end: a missed autoscaler's writes would count as drift. */
export async function findScalers(
  target: ObjectReference,
  search: ScalerSearch,
): Promise<ScalerLookup> {
  const { namespace } = target;
  // Autoscalers scale objects in their own namespace.
  if (namespace === undefined) return { status: 'found', scalers: [] };
  const results = await Promise.all(
    SCALERS.map(([tool, kind]) => searchKind({ tool, kind, namespace }, search)),
  );
  const stored = results.flatMap((result) => (result.status === 'searched' ? result.scalers : []));
  const scalers = matchScalers(target, stored);
  if (scalers.length > 0) return { status: 'found', scalers };
  return results.find((result) => result.status === 'unavailable') ?? { status: 'found', scalers };
}

async function searchKind(
  place: {
    readonly tool: ScalerSpec['tool'];
    readonly kind: ResourceKind;
    readonly namespace: string;
  },
  { isManaged, read }: ScalerSearch,
): Promise<Searched> {
  const { tool, kind, namespace } = place;
  const path = formatListPath(kind, namespace);
  if (path === undefined) {
    const reason = `There is no path to ${kind.resource} of "${namespace}"`;
    return { status: 'unavailable', code: 'lookup_failed', reason };
  }
  const scalers: StoredScaler[] = [];
  const end = await listPages(path, {
    read,
    pageObjects: PAGE_OBJECTS,
    pagesMax: PAGES_MAX,
    visit: (items) => {
      scalers.push(...items.flatMap((item) => storeScaler(tool, { kind, item }, isManaged)));
      return false;
    },
  });
  return end.status === 'unavailable' ? end : { status: 'searched', scalers };
}

/** An autoscaler with its mark; nothing if the object could not be parsed. */
export function storeScaler(
  tool: ScalerSpec['tool'],
  { kind, item }: { readonly kind: ResourceKind; readonly item: KubernetesObject },
  isManaged: ManagedTest,
): readonly StoredScaler[] {
  const spec = parseScaler(tool, item);
  if (spec === undefined) return [];
  const { namespace } = item.metadata ?? {};
  const reference = { ...kind, namespace, name: spec.name };
  // Items of a list carry no kind.
  const managed = isManaged({ ...item, kind: kind.kind }, reference) !== undefined;
  return [{ spec, managed }];
}
