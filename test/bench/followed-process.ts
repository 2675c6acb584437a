/**
 * A process that follows a cluster as a serving process does, and nothing else. It reads its order from stdin and writes its report to
 * stdout: what its heap holds after a collection is what the cache keeps.
 */
import { text } from 'node:stream/consumers';
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/system-random.ts';
import { markKeys } from '../../src/compose/argocd-marks.ts';
import { defaultConfiguration } from '../../src/config/parse-configuration.ts';
import { createClusterClient } from '../../src/kubernetes/client/client.ts';
import type { ClusterClient } from '../../src/kubernetes/client/cluster-client.ts';
import { startWatchCache, type WatchCache } from '../../src/kubernetes/watch/watch-cache.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { followOrderSchema, type FollowOrder, type FollowReport } from './followed-order.ts';
import { measureMemory } from './memory-use.ts';

const CONNECTIONS_MAX = 16;

const order = followOrderSchema.parse(JSON.parse(await text(process.stdin)));
process.stdout.write(JSON.stringify(await follow(order)));

async function follow({
  kubeconfigFile,
  resources,
  objectsMin,
}: FollowOrder): Promise<FollowReport> {
  const connectionsMax = CONNECTIONS_MAX;
  const client = await createClusterClient({ kubeconfigFile, connectionsMax, clock: systemClock });
  if (client === undefined) throw new Error('A kubeconfig names a cluster');
  const cache = startCache(client, resources);
  try {
    await waitFor('every object is in the cache', () => isSynced(cache, objectsMin));
    const counts = countObjects(cache);
    return { ...counts, memory: await measureMemory() };
  } finally {
    await cache.close();
    client.close();
  }
}

function startCache(client: ClusterClient, resources: FollowOrder['resources']): WatchCache {
  const { kubernetes, ownership } = defaultConfiguration('/');
  const keys = markKeys(ownership, undefined);
  return startWatchCache({
    client,
    clock: systemClock,
    random: systemRandom,
    limits: { ...kubernetes.watch, ...(resources && { resources }) },
    keeps: (key) => keys.has(key),
    argocdNamespace: ownership.argocd.namespace,
    observer: {
      ended: () => undefined,
      discoveryFailed: (reason) => {
        process.stderr.write(`${reason}\n`);
      },
      leftOut: () => undefined,
      settings: () => undefined,
    },
  });
}

function isSynced(cache: WatchCache, objectsMin: number): boolean {
  const watched = cache.watched();
  return (
    watched.length > 0 &&
    watched.every(({ reflector }) => reflector.state() === 'synced') &&
    countObjects(cache).objects >= objectsMin
  );
}

function countObjects(cache: WatchCache): Pick<FollowReport, 'objects' | 'entries'> {
  let objects = 0;
  let entries = 0;
  for (const watched of cache.watched()) {
    objects += watched.objects.size;
    for (const { claimed = [] } of watched.objects.all()) entries += 1 + claimed.length;
  }
  return { objects, entries };
}
