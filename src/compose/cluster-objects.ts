/** What policies read of other objects: the namespace of a request, and the inventory of constraints. */
import type { FactSources, Gathered } from '../admission/facts/fact-sources.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { systemRandom } from '../base/system-random.ts';
import type { Configuration } from '../config/schema.ts';
import { createClusterClient } from '../kubernetes/client/client.ts';
import type { ProbedCluster } from '../kubernetes/client/cluster-client.ts';
import { containingNamespace } from '../kubernetes/containing-namespace.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import { parseObject } from '../kubernetes/lookup/parse-object.ts';
import type { SnapshotObjects } from '../kubernetes/lookup/snapshot-lookup.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { ObjectFollower, type FollowedKind } from '../kubernetes/watch/object-follower.ts';
import type { PolicyDescriptor } from '../policy/descriptor.ts';
import { planInventory, type InventoryFact } from '../policy/gatekeeper/plan-inventory.ts';
import type { Logger } from '../telemetry/logger.ts';

/** The sources of these facts. */
export type ClusterObjects = Pick<FactSources, 'readNamespace' | 'readInventory'>;

const NAMESPACES: FollowedKind = { group: '', version: 'v1', kind: 'Namespace' };

/** The kinds that are in the inventory of these policies. */
function listInventory(policies: readonly PolicyDescriptor[]): readonly FollowedKind[] {
  const kinds = policies.flatMap(({ constraint }) => constraint?.inventory ?? []);
  return [...new Map(kinds.map((kind) => [JSON.stringify(kind), kind])).values()];
}

/** Those of a snapshot of a cluster: what is not in it does not exist. */
export function snapshotClusterObjects(
  objects: SnapshotObjects,
  policies: readonly PolicyDescriptor[],
): ClusterObjects {
  const kinds = listInventory(policies);
  const read = (): readonly KubernetesObject[] =>
    (typeof objects === 'function' ? objects() : objects).flatMap(listObjects);
  return {
    readNamespace: (request) => {
      const namespace = containingNamespace(request);
      if (namespace === undefined) return { status: 'known', value: null };
      const found = read().find((object) => isNamespace(object, namespace));
      return found === undefined ? noNamespace(namespace) : { status: 'known', value: found };
    },
    readInventory: () => ({
      status: 'known',
      value: planInventory(read().filter((object) => kinds.some((kind) => isOf(object, kind)))),
    }),
  };
}

function listObjects(value: unknown): readonly KubernetesObject[] {
  const object = parseObject(value);
  if (object === undefined) return [];
  const { items } = object;
  return Array.isArray(items) ? items.flatMap(listObjects) : [object];
}

function isNamespace({ apiVersion, kind, metadata }: KubernetesObject, name: string): boolean {
  return apiVersion === 'v1' && kind === 'Namespace' && metadata?.name === name;
}

function isOf({ apiVersion, kind }: KubernetesObject, followed: FollowedKind): boolean {
  const { group, version } = followed;
  return kind === followed.kind && apiVersion === (group === '' ? version : `${group}/${version}`);
}

function noNamespace(name: string) {
  return unavailable(`the namespace "${name}" is not known`);
}

function unavailable(reason: string) {
  return { status: 'unavailable', code: 'fact_unavailable', reason } as const;
}

/** Those of the live cluster. */
export interface LiveClusterObjects {
  /** Begins to follow what these policies read, and answers for them. */
  readonly bind: (
    policies: readonly PolicyDescriptor[],
    /** Whether the configuration selects namespaces by their labels. */
    settings?: { readonly selectsNamespaces: boolean },
  ) => ClusterObjects;
  readonly close: () => Promise<void>;
}

export interface LiveObjectsDependencies {
  /** Reads a namespace that is too new for the watch. */
  readonly lookup: Pick<ClusterLookup, 'lookupFresh'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Connects where some policy reads such objects, and not before. */
export function createLiveClusterObjects(
  { kubernetes }: Pick<Configuration, 'kubernetes'>,
  { lookup, clock, logger }: LiveObjectsDependencies,
): LiveClusterObjects {
  let opening: Promise<ProbedCluster | undefined> | undefined;
  let follower: ObjectFollower | undefined;
  const open = async (): Promise<ProbedCluster | undefined> => {
    const { kubeconfigFile, concurrentLookupsMax: connectionsMax, watch: limits } = kubernetes;
    const client = await createClusterClient({ kubeconfigFile, connectionsMax, clock });
    if (client === undefined) return undefined;
    follower = new ObjectFollower({
      client,
      clock,
      random: systemRandom,
      limits,
      onProblem: (kind, reason) => {
        logger.warn('Objects that policies compare with cannot be followed', { kind, reason });
      },
    });
    return client;
  };
  return {
    bind: (policies, { selectsNamespaces } = { selectsNamespaces: false }) => {
      const kinds = listInventory(policies);
      const readsNamespaces =
        selectsNamespaces || policies.some(({ facts }) => facts.includes('namespace'));
      const wanted = [...kinds, ...(readsNamespaces ? [NAMESPACES] : [])];
      if (wanted.length > 0) {
        opening ??= open().catch((error: unknown) => {
          logger.error('Objects that policies compare with cannot be followed', { error });
          return undefined;
        });
        void opening.then(() => follower?.follow(wanted));
      }
      return answerFrom(() => follower, { kinds, lookup });
    },
    close: async () => {
      const client = await opening;
      await follower?.close();
      client?.close();
    },
  };
}

async function readFresh(
  { lookupFresh }: LiveObjectsDependencies['lookup'],
  name: string,
  deadlineAtMs: MonotonicMs,
): Promise<Gathered<KubernetesObject | null>> {
  const read = await lookupFresh({ ...NAMESPACES, resource: 'namespaces', name }, deadlineAtMs);
  if (read.status === 'found') return { status: 'known', value: read.object };
  return read.status === 'absent' ? noNamespace(name) : unavailable(read.reason);
}

function answerFrom(
  follower: () => ObjectFollower | undefined,
  {
    kinds,
    lookup,
  }: Pick<LiveObjectsDependencies, 'lookup'> & { readonly kinds: readonly FollowedKind[] },
): ClusterObjects {
  const none = unavailable('no cluster is connected that has the objects');
  let known: { readonly changes: number; readonly value: InventoryFact } | undefined;
  return {
    readNamespace: (request, deadlineAtMs) => {
      const namespace = containingNamespace(request);
      if (namespace === undefined) return { status: 'known', value: null };
      const read = follower()?.read(NAMESPACES);
      const found = read?.status === 'known' ? read.objects?.get('', namespace) : undefined;
      if (found !== undefined) return { status: 'known', value: found };
      // Whoever makes a namespace and what is in it at once must not wait for the watch.
      return readFresh(lookup, namespace, deadlineAtMs);
    },
    readInventory: () => {
      const from = follower();
      if (from === undefined) return none;
      const objects: KubernetesObject[] = [];
      const { changes } = from;
      for (const kind of kinds) {
        const read = from.read(kind);
        if (read.status === 'unavailable') return unavailable(read.reason);
        if (known?.changes !== changes) objects.push(...(read.objects?.all() ?? []));
      }
      // A tree of thousands of objects is made once for all requests between two changes.
      if (known?.changes !== changes) known = { changes, value: planInventory(objects) };
      return { status: 'known', value: known.value };
    },
  };
}
