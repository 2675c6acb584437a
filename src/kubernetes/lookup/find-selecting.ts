/**
 * Which workloads of a namespace select an object by its labels: they would adopt one that no controller has.
 *
 * A ReplicaSet selects what its Deployment does and the hash besides, so the Deployment answers for it. Jobs select by
 * their own uid. The selectors of custom kinds, and of bare ReplicaSets, are not followed.
 */
import type { ApiReading } from '../client/cluster-client.ts';
import { formatListPath, type ResourceKind } from '../client/format-api-path.ts';
import { listPages } from '../client/list-pages.ts';
import { parseSelector, selects } from '../label-selector.ts';
import type { KubernetesObject } from '../object.ts';
import type { LookupUnavailable, SelectingLookup, SelectingWorkload } from './lookup.ts';

/** The kinds that adopt pods, ReplicaSets or revisions by a selector in their specification. */
export const SELECTING_KINDS: readonly ResourceKind[] = [
  { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment' },
  { group: 'apps', version: 'v1', resource: 'statefulsets', kind: 'StatefulSet' },
  { group: 'apps', version: 'v1', resource: 'daemonsets', kind: 'DaemonSet' },
  { group: '', version: 'v1', resource: 'replicationcontrollers', kind: 'ReplicationController' },
];

/** Their selectors name the Job's uid, whatever the specification says besides. */
export const JOB_KIND: ResourceKind = {
  group: 'batch',
  version: 'v1',
  resource: 'jobs',
  kind: 'Job',
};

const JOB_LABELS = ['batch.kubernetes.io/controller-uid', 'controller-uid'] as const;

type Labels = Readonly<Record<string, unknown>>;

export interface SelectingSearch {
  readonly read: (path: string, accept: string) => Promise<ApiReading>;
}

const PAGE_OBJECTS = 250;
/** Two thousand workloads of a kind in one namespace; beyond, the answer is that nobody could tell. */
const PAGES_MAX = 8;

/** Whether an object with these labels could be a Job's: only then the Jobs need to be asked. */
export function namesJob(labels: Labels): boolean {
  return JOB_LABELS.some((key) => Object.hasOwn(labels, key));
}

/** Whether the workload would adopt an object with these labels. */
export function selectsByLabels(object: KubernetesObject, labels: Labels): boolean {
  if (object.kind === JOB_KIND.kind) {
    const uid = object.metadata?.uid;
    return uid !== undefined && JOB_LABELS.some((key) => labels[key] === uid);
  }
  const selector = parseSelector(object);
  return selector !== undefined && selects(selector, labels);
}

/** Read from the API server now, and to the end: whoever makes a thousand workloads must not hide one among them. */
export async function findSelecting(
  namespace: string,
  labels: Labels,
  search: SelectingSearch,
): Promise<SelectingLookup> {
  const kinds = namesJob(labels) ? [...SELECTING_KINDS, JOB_KIND] : SELECTING_KINDS;
  const results = await Promise.all(
    kinds.map((kind) => searchKind(kind, { namespace, labels }, search)),
  );
  const failure = results.find((result) => result.status === 'unavailable');
  if (failure !== undefined) return failure;
  const workloads = results.flatMap((result) =>
    result.status === 'found' ? result.workloads : [],
  );
  return { status: 'found', workloads };
}

async function searchKind(
  kind: ResourceKind,
  { namespace, labels }: { readonly namespace: string; readonly labels: Labels },
  { read }: SelectingSearch,
): Promise<SelectingLookup | LookupUnavailable> {
  const path = formatListPath(kind, namespace);
  if (path === undefined) {
    const reason = `There is no path to ${kind.resource} of "${namespace}"`;
    return { status: 'unavailable', code: 'lookup_failed', reason };
  }
  const workloads: SelectingWorkload[] = [];
  const end = await listPages(path, {
    read,
    pageObjects: PAGE_OBJECTS,
    pagesMax: PAGES_MAX,
    visit: (items) => {
      for (const item of items) {
        // Items of a list carry no kind of their own.
        const object = { ...item, kind: kind.kind };
        const reference = { ...kind, namespace, name: item.metadata?.name ?? '' };
        if (selectsByLabels(object, labels)) workloads.push({ reference, object });
      }
      return false;
    },
  });
  return end.status === 'unavailable' ? end : { status: 'found', workloads };
}
