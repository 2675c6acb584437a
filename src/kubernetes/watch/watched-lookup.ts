/**
 * Look-ups answered from the watch cache where that is safe, and live from the API server where it is not.
 *
 * The cache may be stale: usually by milliseconds, after a half-open connection by up to `kubernetes.watch.silenceMs`.
 * So the cache alone must not allow a request. "Managed", "has an autoscaler bound" and "is claimed" may be slightly
 * stale. "Not managed" counts only if it was confirmed within `lookupCacheMs`, which is also how long a live answer is
 * cached; "there is none" is always read live.
 */
import type { Clock } from '../../base/clock.ts';
import type {
  Claim,
  ClaimLookup,
  ClusterLookup,
  LeftBehind,
  LeftBehindTest,
  ManagedLookup,
  ManagedObject,
  ManagedTest,
  ObjectLookup,
  ScalerLookup,
  SelectingLookup,
  SelectingWorkload,
} from '../lookup/lookup.ts';
import { isOwned } from '../lookup/find-managed.ts';
import { JOB_KIND, namesJob, SELECTING_KINDS, selectsByLabels } from '../lookup/find-selecting.ts';
import { CLAIMING_KINDS } from '../lookup/parse-claims.ts';
import { matchScalers, HPA_KIND, SCALED_OBJECT_KIND } from '../lookup/parse-scaler.ts';
import type { StoredScaler } from '../lookup/parse-scaler.ts';
import { formatResource, compareObjects } from '../object-reference.ts';
import type { KubernetesObject } from '../object.ts';
import type { ObjectReference } from '../object-reference.ts';
import { isApplication } from '../lookup/join-applications.ts';
import type { RemoteApplications } from '../lookup/remote-applications.ts';
import type { CachedObject } from './reduce-metadata.ts';
import type { WatchedResource, WatchCache } from './watch-cache.ts';

export interface WatchedLookupOptions {
  readonly live: ClusterLookup;
  readonly cache: WatchCache;
  readonly clock: Clock;
  readonly isManaged: ManagedTest;
  /** A resource whose watch was silent for longer is not answered from the cache. */
  readonly silenceMs: number;
  /** The greatest age of a confirmed "not managed". */
  readonly lookupCacheMs: number;
  readonly argocdSettings: ClusterLookup['argocdSettings'];
  /** Absent: the Applications are in this cluster. */
  readonly applications?: Pick<RemoteApplications, 'goneForMs' | 'findClaims'> | undefined;
  /** Called before each answer: the set of kept fields may have changed. */
  readonly beforeAnswer: () => void;
  /** Called for every answer from the cache, without a request to the API server. */
  readonly onAnswered: () => void;
}

/** Per resource: more than a message lists. */
const MANAGED_MAX = 20;
/** Scanning this many blocks the event loop for a few milliseconds; above it, the API server is queried. */
const EXAMINED_MAX = 5000;

/** Adds the cache in front of the live look-ups. */
export function createWatchedLookup(options: WatchedLookupOptions): ClusterLookup {
  const { live, cache, onAnswered } = options;
  const orLive = <Answer>(
    recall: () => Answer | undefined,
    ask: () => Promise<Answer>,
  ): Promise<Answer> => {
    options.beforeAnswer();
    const known = recall();
    if (known === undefined) return ask();
    onAnswered();
    return Promise.resolve(known);
  };
  const leftBehind: LeftBehindTest = (application, object) =>
    knownLeftBehind({ application, object }, options);
  return {
    ...live,
    lookupMetadata: (reference, deadlineAtMs) =>
      orLive(
        () => knownMetadata(reference, options),
        () => live.lookupMetadata(reference, deadlineAtMs),
      ),
    findManagedInNamespace: (namespace, deadlineAtMs) =>
      orLive(
        () => knownManaged(namespace, options),
        () => live.findManagedInNamespace(namespace, deadlineAtMs, leftBehind),
      ),
    leftBehind,
    findScalers: (reference, deadlineAtMs) =>
      orLive(
        () => knownScalers(reference, options),
        () => live.findScalers(reference, deadlineAtMs),
      ),
    findClaims: (reference, deadlineAtMs) =>
      orLive(
        () => knownClaims(reference, options),
        () => live.findClaims(reference, deadlineAtMs),
      ),
    findSelecting: (namespace, labels, deadlineAtMs) =>
      orLive(
        () => knownSelecting(namespace, labels, options),
        () => live.findSelecting(namespace, labels, deadlineAtMs),
      ),
    argocdSettings: options.argocdSettings,
    problem: () => describeUnserved(options),
    close: () => {
      void cache.close();
      live.close();
    },
  };
}

/** Short enough for a line; the metrics tell each resource. */
const NAMED_MAX = 5;

function describeUnserved(options: WatchedLookupOptions): string | undefined {
  const watched = options.cache.watched();
  if (watched.length === 0) return 'nothing is watched yet, every lookup is live';
  const unserved = watched.filter((resource) => !isServing(resource, options));
  if (unserved.length === 0) return undefined;
  const named = unserved.slice(0, NAMED_MAX).map(({ served, reflector }) => {
    const state = reflector.state();
    return `${formatResource(served)} (${state === 'synced' ? 'stale' : state})`;
  });
  const rest = unserved.length > NAMED_MAX ? ' and others' : '';
  return `${unserved.length} of ${watched.length} resources are looked up live: ${named.join(', ')}${rest}`;
}

function knownMetadata(
  reference: ObjectReference,
  options: WatchedLookupOptions,
): ObjectLookup | undefined {
  const { cache, clock, lookupCacheMs } = options;
  const resource = cache.find(reference);
  if (resource === undefined || !isServing(resource, options)) return undefined;
  const metadata = resource.objects.get(reference.namespace ?? '', reference.name);
  // An object that is not cached may be new: read it from the API server.
  if (metadata === undefined) return undefined;
  const isProven = clock.monotonicMs() - resource.reflector.provenAtMs() <= lookupCacheMs;
  if (!isProven && managedAs(metadata, resource, options) === undefined) return undefined;
  return { status: 'found', object: objectOf(resource, metadata) };
}

function knownManaged(namespace: string, options: WatchedLookupOptions): ManagedLookup | undefined {
  const search = { namespace, examined: 0 };
  const objects = options.cache
    .watched()
    .flatMap((resource) =>
      isServing(resource, options) ? managedIn(resource, search, options) : [],
    );
  return objects.length === 0
    ? undefined
    : { status: 'found', objects: objects.toSorted(compareObjects) };
}

function knownLeftBehind(
  {
    application,
    object,
  }: { readonly application: ObjectReference; readonly object: ObjectReference },
  options: WatchedLookupOptions,
): LeftBehind | undefined {
  const goneForMs = knownGoneForMs(application, options);
  if (goneForMs === undefined) return undefined;
  const local = knownClaims(object, options);
  const remote = options.applications?.findClaims(object) ?? NO_CLAIMS;
  if (local?.status !== 'found' || remote.status !== 'found') return undefined;
  const [claim] = [...remote.claims, ...local.claims];
  const listedBy = claim && { listedBy: `${claim.namespace}/${claim.app}` };
  return { goneForMs, ...listedBy };
}

const NO_CLAIMS: ClaimLookup = { status: 'found', claims: [] };

/** An application of the name in another namespace counts as well: the namespace of a mark may be a configured one. */
function knownGoneForMs(
  application: ObjectReference,
  options: WatchedLookupOptions,
): number | undefined {
  const { cache, clock, applications } = options;
  const { namespace = '', name, kind } = application;
  if (applications !== undefined && isApplication(application)) {
    return applications.goneForMs(namespace, name);
  }
  const resource = cache.find(application);
  if (resource === undefined || !isServing(resource, options)) return undefined;
  const sinceMs = resource.absence.absentSinceMs(namespace, name);
  const isElsewhere = kind === 'Application' && resource.absence.hasName(name);
  if (sinceMs === undefined || isElsewhere) return undefined;
  return Math.floor(clock.monotonicMs() - sinceMs);
}

function managedIn(
  resource: WatchedResource,
  search: { readonly namespace: string; examined: number },
  options: WatchedLookupOptions,
): readonly ManagedObject[] {
  const { group, version, kind, resource: plural } = resource.served;
  const { namespace } = search;
  const found: ManagedObject[] = [];
  for (const metadata of resource.objects.inNamespace(namespace)) {
    search.examined += 1;
    if (search.examined > EXAMINED_MAX || found.length === MANAGED_MAX) break;
    const managed = managedAs(metadata, resource, options);
    if (managed === undefined) continue;
    const reference = { group, version, kind, resource: plural, namespace };
    const object = { ...reference, name: metadata.name ?? '', ...managed };
    const { application } = managed;
    const leftBehind = application && knownLeftBehind({ application, object }, options);
    // That nothing else is there only the API server can tell.
    if (isOwned({ ...object, leftBehind })) found.push(object);
  }
  return found;
}

function knownScalers(
  reference: ObjectReference,
  options: WatchedLookupOptions,
): ScalerLookup | undefined {
  const { namespace } = reference;
  if (namespace === undefined) return undefined;
  const stored = [HPA_KIND, SCALED_OBJECT_KIND].flatMap((kind) => {
    const resource = options.cache.find(kind);
    if (resource === undefined || !isServing(resource, options)) return [];
    return [...resource.objects.inNamespace(namespace)].flatMap((metadata) =>
      storedScaler(metadata, resource, options),
    );
  });
  const scalers = matchScalers(reference, stored);
  return scalers.length === 0 ? undefined : { status: 'found', scalers };
}

function storedScaler(
  metadata: CachedObject,
  resource: WatchedResource,
  options: WatchedLookupOptions,
): readonly StoredScaler[] {
  if (metadata.scaler === undefined) return [];
  return [{ spec: metadata.scaler, managed: managedAs(metadata, resource, options) !== undefined }];
}

// Claims are written after the apply, so a live read is hardly fresher: "none" may come from the cache too,
// if it was confirmed recently.
function knownClaims(
  reference: ObjectReference,
  options: WatchedLookupOptions,
): ClaimLookup | undefined {
  const claims: Claim[] = [];
  let isProven = true;
  for (const kind of CLAIMING_KINDS) {
    const resource = options.cache.find(kind);
    if (resource === undefined) {
      if (!options.cache.isAbsent(kind)) return undefined;
      continue;
    }
    if (!isServing(resource, options)) return undefined;
    isProven &&= options.clock.monotonicMs() - resource.reflector.provenAtMs() <= options.silenceMs;
    const tool = kind.kind === 'Application' ? 'argocd' : 'flux';
    for (const { namespace = '', name: app = '' } of resource.claims.find(reference)) {
      claims.push({ tool, kind: kind.kind, namespace, app });
    }
  }
  return claims.length > 0 || isProven ? { status: 'found', claims } : undefined;
}

// Selectors hardly change, and never those of Deployments: what is a minute old will do. "None" may come from here, too: only a
// workload that was made in the moment before could be missed, and it has no pods yet that could be pushed out.
function knownSelecting(
  namespace: string,
  labels: Readonly<Record<string, unknown>>,
  options: WatchedLookupOptions,
): SelectingLookup | undefined {
  const kinds = namesJob(labels) ? [...SELECTING_KINDS, JOB_KIND] : SELECTING_KINDS;
  const workloads: SelectingWorkload[] = [];
  for (const kind of kinds) {
    const resource = options.cache.find(kind);
    if (resource === undefined || !isServing(resource, options)) return undefined;
    for (const metadata of resource.objects.inNamespace(namespace)) {
      const object = objectOf(resource, metadata);
      // One that is too large to keep is taken to match: it is a managed workload's, or it does not count.
      const isMatch = metadata.selector === 'too large' || selectsByLabels(object, labels);
      if (!isMatch) continue;
      workloads.push({ reference: { ...kind, namespace, name: metadata.name ?? '' }, object });
    }
  }
  return { status: 'found', workloads };
}

function objectOf(resource: WatchedResource, metadata: CachedObject): KubernetesObject {
  const { selector } = metadata;
  const spec = typeof selector === 'object' ? { spec: { selector } } : {};
  return { ...typeOf(resource), metadata, ...spec };
}

function isServing(
  { reflector }: WatchedResource,
  { clock, silenceMs }: WatchedLookupOptions,
): boolean {
  return reflector.state() === 'synced' && clock.monotonicMs() - reflector.heardAtMs() <= silenceMs;
}

function managedAs(
  metadata: CachedObject,
  resource: WatchedResource,
  { isManaged }: WatchedLookupOptions,
): ReturnType<ManagedTest> {
  const { group, version, kind, resource: plural } = resource.served;
  const { namespace, name = '' } = metadata;
  const reference = { group, version, kind, resource: plural, namespace, name };
  return isManaged({ ...typeOf(resource), metadata }, reference);
}

function typeOf({ served: { group, version, kind } }: WatchedResource) {
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind };
}
