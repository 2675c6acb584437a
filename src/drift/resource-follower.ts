/**
 * Follows one resource by its metadata, from where an earlier process has stopped. What a complete list does not contain of what is
 * known was deleted, possibly while nobody watched.
 */
import type { Clock } from '../base/clock.ts';
import type { Semaphore } from '../base/semaphore.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatListPath } from '../kubernetes/client/format-api-path.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { formatObjectKey, parseObjectKey } from '../audit/verify/index-record.ts';
import type { ReflectorEnd } from '../kubernetes/watch/decide-next-step.ts';
import type { ResourceStore } from '../kubernetes/watch/object-table.ts';
import type { ServedResource } from '../kubernetes/watch/parse-discovery.ts';
import { startReflector, type Reflector } from '../kubernetes/watch/reflector.ts';
import type { ObjectEvent } from './object-event.ts';

export interface ResourceFollowerOptions {
  readonly served: ServedResource;
  readonly client: Pick<ClusterClient, 'read' | 'watch'>;
  /** The version from which to continue; absent: all of it is listed first. */
  readonly resumeFrom?: string | undefined;
  /** Nothing is known of it: what its first list has counts as intended. */
  readonly isFirst: boolean;
  /** The keys of its objects that are known. */
  readonly knownKeys: () => Iterable<string>;
  readonly offer: (event: ObjectEvent) => void;
  readonly onEnd: (end: ReflectorEnd, detail: string) => void;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly semaphore: Semaphore;
  readonly watch: { readonly silenceMs: number; readonly resyncMs: number };
  readonly objectsMax: number;
  /** For tests: a shorter wait. @default the wait itself */
  readonly scaleWait?: ((waitMs: number) => number) | undefined;
}

/** The page size of kubectl and client-go. */
const PAGE_OBJECTS_MAX = 500;
/** Of all objects of a resource, most may not be managed. */
const LISTED_PER_MANAGED_MAX = 10;

/** Begins at once. */
export function reflectResource(options: ResourceFollowerOptions): Reflector {
  const { served, watch, objectsMax, onEnd } = options;
  return startReflector({
    ...options,
    path: formatListPath(served, undefined) ?? '',
    metadataOnly: true,
    store: createEventStore(options),
    silenceMsMax: watch.silenceMs,
    resyncMs: watch.resyncMs,
    pageObjectsMax: PAGE_OBJECTS_MAX,
    objectsMax: objectsMax * LISTED_PER_MANAGED_MAX,
    onEnd: (end, _step, detail) => {
      onEnd(end, detail);
    },
  });
}

/** Keeps nothing: rows are kept by who judges. */
function createEventStore({
  served,
  knownKeys,
  offer,
  ...options
}: Pick<ResourceFollowerOptions, 'served' | 'knownKeys' | 'offer' | 'isFirst'>): ResourceStore {
  let { isFirst } = options;
  /** While a list is read: what it contains. */
  let listed: Set<string> | undefined;
  return {
    beginList: () => {
      listed = new Set();
    },
    put: (object) => {
      const event = { ...describe(served, object), metadata: object, isFirst };
      listed?.add(event.key);
      offer(event);
      return true;
    },
    remove: (object) => {
      offer(describe(served, object));
    },
    endList: () => {
      for (const key of knownKeys()) {
        if (listed?.has(key) === true) continue;
        const { namespace, name } = parseObjectKey(key);
        offer({ served, key, namespace, name });
      }
      listed = undefined;
      isFirst = false;
    },
    // What is not served or not granted any more says nothing about its objects.
    clear: () => {
      listed = undefined;
    },
  };
}

function describe(
  served: ServedResource,
  { metadata }: KubernetesObject,
): Omit<ObjectEvent, 'metadata'> {
  const { namespace = '', name = '' } = metadata ?? {};
  const key = formatObjectKey({ ...served, namespace, name });
  return { served, key, namespace, name };
}
