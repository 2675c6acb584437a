/** Asks an API server which resources it serves, in its own groups and in those of others. */
import type { MonotonicMs } from '../../base/clock.ts';
import type { ClusterClient } from '../client/cluster-client.ts';
import { formatResource } from '../object-reference.ts';
import { DISCOVERY_ACCEPT, parseDiscovery, type ServedResource } from './parse-discovery.ts';

export type DiscoveredResources =
  | {
      readonly status: 'discovered';
      /** By group and resource. */
      readonly served: ReadonlyMap<string, ServedResource>;
    }
  | { readonly status: 'unavailable'; readonly reason: string };

/** Never rejects. All of them or none: a group that is missing would look like one that is not served. */
export async function discoverResources(
  { read }: Pick<ClusterClient, 'read'>,
  deadlineAtMs: MonotonicMs,
): Promise<DiscoveredResources> {
  const served = new Map<string, ServedResource>();
  for (const path of ['/api', '/apis']) {
    const reading = await read(path, { deadlineAtMs, accept: DISCOVERY_ACCEPT });
    const resources = reading.status === 'read' ? parseDiscovery(reading.body) : undefined;
    if (resources === undefined) {
      const reason = 'reason' in reading ? reading.reason : `GET ${path} lists no resources`;
      return { status: 'unavailable', reason };
    }
    for (const resource of resources) served.set(formatResource(resource), resource);
  }
  return { status: 'discovered', served };
}
