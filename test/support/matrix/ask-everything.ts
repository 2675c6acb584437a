/**
 * Has the API server ask about everything, also what the registration exempts. What a control-plane identity may do unseen it
 * must be allowed to do when it is seen: else an exemption is wider than the rows of the platform table.
 */
import { isRecord } from '../../../src/base/is-record.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/wait-for.ts';

const PATH = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/holdfast';
const EVENTS = '/api/v1/namespaces/shop/events?dryRun=All';
/** Nobody answers there, so that a request that is asked about fails. */
const NOWHERE = '/nowhere';

/** Returns once events, which are always exempt, are asked about, and answered. */
export async function askAboutEverything(cluster: Cluster): Promise<void> {
  const { body } = await cluster.request('root', PATH);
  const webhooks: unknown = Reflect.get(body, 'webhooks');
  const drift = (Array.isArray(webhooks) ? webhooks.filter(isRecord) : []).find(
    ({ name }) => name === 'drift.holdfast.dev',
  );
  if (!isRecord(drift?.['clientConfig'])) throw new Error(`${PATH} has no webhook for drift`);
  const { clientConfig } = drift;
  const ask = async (path: string): Promise<void> => {
    const url = `${String(clientConfig['url'])}${path}`;
    const webhook = { ...drift, matchConditions: [], clientConfig: { ...clientConfig, url } };
    const answer = await cluster.request('root', PATH, {
      method: 'PATCH',
      patchType: 'application/merge-patch+json',
      body: { webhooks: [webhook] },
    });
    if (answer.code !== 200) throw new Error(`${PATH}: ${String(answer.body.message)}`);
  };
  await ask(NOWHERE);
  await waitFor('events are asked about', async () => (await makeEvent(cluster)) >= 400);
  await ask('');
  await waitFor('events are answered', async () => (await makeEvent(cluster)) === 201);
}

async function makeEvent(cluster: Cluster): Promise<number> {
  const body = { metadata: { name: 'asked' }, involvedObject: { namespace: 'shop' } };
  return (await cluster.request('root', EVENTS, { method: 'POST', body })).code;
}
