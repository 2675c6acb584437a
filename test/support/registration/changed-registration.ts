/** A change of the registration by somebody else that opens nothing, so that every write is judged meanwhile. */
import { z } from 'zod';
import type { Cluster } from '../cluster/cluster-handle.ts';
import { waitFor } from '../cluster/wait-for.ts';

const REGISTRATION =
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/holdfast';
/** Another than is planned, and long enough for every answer. */
const CHANGED_SECONDS = 29;

const webhooksSchema = z.array(z.looseObject({ name: z.string(), timeoutSeconds: z.number() }));

/** Lets the API server wait longer for an answer than is planned. */
export async function changeTimeout(cluster: Cluster): Promise<void> {
  const webhooks = [{ name: 'drift.holdfast.dev', timeoutSeconds: CHANGED_SECONDS }];
  const answer = await cluster.request('root', REGISTRATION, {
    method: 'PATCH',
    patchType: 'application/strategic-merge-patch+json',
    body: { webhooks },
  });
  if (answer.code !== 200) throw new Error(`${answer.code} ${answer.body.message}`);
}

/** Waits until the registration is there and no such change is left in it. */
export async function waitUntilKept(cluster: Cluster): Promise<void> {
  await waitFor('the registration is as planned', async () => {
    const { code, body } = await cluster.request('root', REGISTRATION);
    const webhooks = webhooksSchema.safeParse(Reflect.get(body, 'webhooks')).data ?? [];
    const isChanged = webhooks.some(({ timeoutSeconds }) => timeoutSeconds === CHANGED_SECONDS);
    return code === 200 && webhooks.length > 0 && !isChanged;
  });
}
