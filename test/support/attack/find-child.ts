/** A pod that the controllers made for the managed Deployment `web`. */
import type { ApiObject } from '../cluster/api-client.ts';
import { waitFor } from '../cluster/wait-for.ts';
import type { AttackGround } from './attack.ts';

/** Waits until there is one. */
export async function findChild({ cluster, namespace }: AttackGround): Promise<ApiObject> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dweb`;
  let found: ApiObject | undefined;
  await waitFor('the Deployment "web" has a pod', async () => {
    const { body } = await cluster.request('root', path);
    found = body.items?.find(({ metadata }) => metadata?.ownerReferences?.length === 1);
    return found !== undefined;
  });
  if (found === undefined) throw new Error('waited for a pod that is not there');
  return found;
}

/** Its name. */
export async function findChildName(ground: AttackGround): Promise<string> {
  const { metadata } = await findChild(ground);
  if (metadata?.name === undefined) throw new Error('the pod has no name');
  return metadata.name;
}
