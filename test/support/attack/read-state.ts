/** What an object is, without what its controllers write into it all the time. */
import type { ApiObject } from '../cluster/api-client.ts';
import type { Cluster } from '../cluster/cluster.ts';

/** For each path the object that is stored there, or `absent`. */
export async function readState(
  cluster: Cluster,
  paths: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const states = await Promise.all(
    paths.map(async (path) => {
      const { code, body } = await cluster.request('root', path);
      return [path, code === 404 ? 'absent' : lasting(body)] as const;
    }),
  );
  return Object.fromEntries(states);
}

const BOOKKEEPING: ReadonlySet<string> = new Set([
  'resourceVersion',
  'generation',
  'managedFields',
]);

function lasting(object: ApiObject): object {
  const { metadata, ...rest } = object;
  const kept = Object.entries(metadata ?? {}).filter(([key]) => !BOOKKEEPING.has(key));
  return { ...rest, status: undefined, metadata: Object.fromEntries(kept) };
}
