/** What an object is, without what its controllers write into it all the time. */
import type { ApiObject } from '../cluster/api-client.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/wait-for.ts';

/** For each path the object that is stored there, or `absent`. A new pod is read once the scheduler has given it its node. */
export async function readState(
  cluster: Cluster,
  paths: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const states = await Promise.all(
    paths.map(async (path) => {
      const object = await waitFor(`${path} has its node`, () => readSettled(cluster, path));
      return [path, object] as const;
    }),
  );
  return Object.fromEntries(states);
}

async function readSettled(cluster: Cluster, path: string): Promise<object | string | undefined> {
  const { code, body } = await cluster.request('root', path);
  if (code === 404) return 'absent';
  return isUnplacedPod(body) ? undefined : lasting(body);
}

function isUnplacedPod({ kind, spec }: ApiObject): boolean {
  return kind === 'Pod' && spec?.['nodeName'] === undefined;
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
