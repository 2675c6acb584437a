/** Reads the templates and constraints of a cluster once. */
import { addMs, type Clock } from '../../../base/clock.ts';
import { HoldfastError } from '../../../errors.ts';
import type { ClusterClient } from '../../../kubernetes/client/cluster-client.ts';
import { formatListPath } from '../../../kubernetes/client/format-api-path.ts';
import { listPages } from '../../../kubernetes/client/list-pages.ts';
import { discoverResources } from '../../../kubernetes/watch/discover-resources.ts';
import type { ServedResource } from '../../../kubernetes/watch/parse-discovery.ts';
import {
  planConstraints,
  type FoundDocument,
  type PlannedConstraints,
} from '../plan-constraints.ts';
import { requireConstraints } from '../prepare-gatekeeper.ts';
import { documentOf, POLICY_GROUPS, sortDocuments } from './followed-kinds.ts';

/** Of one request. */
const CALL_MS_MAX = 15_000;
/** An object may have a megabyte. */
const PAGE_OBJECTS = 50;
/** Ten thousand objects of a kind, as many as a folder may have files. */
const PAGES_MAX = 200;

export interface ReadOptions {
  readonly client: Pick<ClusterClient, 'read' | 'server'>;
  readonly clock: Clock;
}

/**
 * Plans the policies of all templates and constraints of the cluster. All of them or none: throws a look-up code where one kind cannot be
 * listed, and `policy_source_invalid` where there is no constraint.
 */
export async function planClusterConstraints(options: ReadOptions): Promise<PlannedConstraints> {
  const documents: FoundDocument[] = [];
  for (const resource of await listKinds(options)) {
    documents.push(...(await readKind(resource, options)));
  }
  const plan = planConstraints(sortDocuments(documents));
  return requireConstraints(plan, `the cluster of ${options.client.server}`);
}

async function listKinds({ client, clock }: ReadOptions): Promise<readonly ServedResource[]> {
  const discovered = await discoverResources(client, addMs(clock.monotonicMs(), CALL_MS_MAX));
  if (discovered.status === 'unavailable') {
    throw new HoldfastError('lookup_failed', discovered.reason);
  }
  return [...discovered.served.values()].filter(({ group }) => POLICY_GROUPS.includes(group));
}

async function readKind(
  resource: ServedResource,
  { client, clock }: ReadOptions,
): Promise<readonly FoundDocument[]> {
  const documents: FoundDocument[] = [];
  const end = await listPages(formatListPath(resource, undefined) ?? '', {
    read: (path) => client.read(path, { deadlineAtMs: addMs(clock.monotonicMs(), CALL_MS_MAX) }),
    pageObjects: PAGE_OBJECTS,
    pagesMax: PAGES_MAX,
    visit: (items) => {
      documents.push(...items.map((item) => documentOf(item, resource)));
      return false;
    },
  });
  // Absent: the kind has gone since, and its objects with it.
  if (end.status === 'unavailable') throw new HoldfastError(end.code, end.reason);
  return documents;
}
