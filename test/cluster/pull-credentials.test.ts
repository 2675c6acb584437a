/** Credentials of registries as kubectl writes them, on a real API server with its RBAC. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { PullCredentials } from '../../src/image/registry/pull-credentials.ts';
import { pullSecretsOf, type PullScope } from '../../src/image/registry/pull-scope.ts';
import { createClusterClient } from '../../src/kubernetes/client/client.ts';
import type { ConnectedCluster } from '../../src/kubernetes/client/cluster-client.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { addServiceAccountUser } from '../support/cluster/service-account-user.ts';
import { joinOrStartCluster } from '../support/cluster/shared-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const SHOP = 'pull-shop';
const BANK = 'pull-bank';
const READER = 'image-reader';

describe('pull credentials on a real API server', () => {
  let cluster: Cluster;
  const clients: ConnectedCluster[] = [];

  before(async () => {
    cluster = await joinOrStartCluster();
    for (const namespace of [SHOP, BANK]) {
      await cluster.mustKubectl('root', ['create', 'namespace', namespace]);
      await createLogin(namespace, 'regcred', `${namespace}.example.com`);
      await waitFor('the default service account is there', async () => {
        const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
        return (await cluster.request('root', path)).code === 200;
      });
    }
    await cluster.mustKubectl('root', ['create', 'serviceaccount', READER, '-n', SHOP]);
    const role = ['create', 'role', READER, '-n', SHOP, '--verb=get'];
    const resources = ['--resource=secrets', '--resource=serviceaccounts'];
    await cluster.mustKubectl('root', [...role, ...resources]);
    const binding = ['create', 'rolebinding', READER, '-n', SHOP, `--role=${READER}`];
    await cluster.mustKubectl('root', [...binding, `--serviceaccount=${SHOP}:${READER}`]);
    await addServiceAccountUser(cluster, {
      name: READER,
      namespace: SHOP,
      serviceAccount: READER,
    });
  });
  after(async () => {
    for (const client of clients) client.close();
    await cluster?.stop();
  });

  /** As people make them. */
  async function createLogin(namespace: string, name: string, server: string): Promise<void> {
    await cluster.mustKubectl('root', [
      'create',
      'secret',
      'docker-registry',
      name,
      '-n',
      namespace,
      `--docker-server=${server}`,
      '--docker-username=ada',
      `--docker-password=of-${name}`,
    ]);
  }

  async function openAs(user: string): Promise<PullCredentials> {
    const client = await createClusterClient({
      kubeconfigFile: cluster.kubeconfigOf(user),
      connectionsMax: 1,
      clock: systemClock,
    });
    assert.ok(client !== undefined);
    clients.push(client);
    return new PullCredentials({ client, clock: systemClock, configured: new Map() });
  }

  async function readAs(user: string, scope: Omit<PullScope, 'serviceAccount'>) {
    const credentials = await openAs(user);
    return await credentials.read({ ...scope, serviceAccount: 'default' });
  }

  it('the Secret that kubectl makes is read, with its version', async () => {
    const reading = await readAs(READER, { namespace: SHOP, pullSecrets: ['regcred'] });
    assert.equal(reading.status, 'read');
    assert.deepEqual(
      reading.credentials,
      new Map([
        [`${SHOP}.example.com`, { kind: 'password', username: 'ada', password: 'of-regcred' }],
      ]),
    );
    const { body } = await cluster.request('root', `/api/v1/namespaces/${SHOP}/secrets/regcred`);
    const { uid, resourceVersion } = body.metadata ?? {};
    assert.deepEqual(
      [...reading.origins.values()],
      [`Secret ${SHOP}/regcred ${uid}/${resourceVersion}`],
    );
  });

  it('the legacy type is read, and what the API server lets into a Secret without a credential is skipped', async () => {
    const auths = { 'old.example.com': { username: 'ada', password: 'old' } };
    for (const [name, type, data] of [
      ['old', 'kubernetes.io/dockercfg', { '.dockercfg': JSON.stringify(auths) }],
      ['number', 'kubernetes.io/dockerconfigjson', { '.dockerconfigjson': '{"auths":7}' }],
      ['opaque', 'Opaque', { '.dockerconfigjson': JSON.stringify({ auths }) }],
    ] as const) {
      const metadata = { name, namespace: SHOP };
      const input = { apiVersion: 'v1', kind: 'Secret', metadata, type, stringData: data };
      await cluster.mustKubectl('root', ['create', '-f', '-'], { input });
    }
    const pullSecrets = ['number', 'opaque', 'absent', 'old'];
    const reading = await readAs(READER, { namespace: SHOP, pullSecrets });
    assert.equal(reading.status, 'read');
    assert.deepEqual([...reading.credentials.keys()], ['old.example.com']);
    assert.deepEqual(
      reading.skipped.map(({ secret }) => secret),
      [`${SHOP}/number`, `${SHOP}/opaque`, `${SHOP}/absent`],
    );
  });

  it('a service account gives its Secrets to Pods that name none', async () => {
    await createLogin(SHOP, 'account', 'account.example.com');
    const account = `/api/v1/namespaces/${SHOP}/serviceaccounts/default`;
    const patched = await cluster.request('root', account, {
      method: 'PATCH',
      patchType: 'application/merge-patch+json',
      body: { imagePullSecrets: [{ name: 'account' }] },
    });
    assert.equal(patched.code, 200);
    const credentials = await openAs(READER);
    const registriesOf = async (podSpec: object) => {
      const reading = await credentials.read({ namespace: SHOP, ...pullSecretsOf(podSpec) });
      return reading.status === 'read' ? [...reading.credentials.keys()] : reading.reason;
    };

    assert.deepEqual(await registriesOf({ containers: [] }), ['account.example.com']);
    const named = { imagePullSecrets: [{ name: 'regcred' }] };
    assert.deepEqual(await registriesOf(named), [`${SHOP}.example.com`]);
    assert.deepEqual(await registriesOf({ serviceAccountName: READER }), []);
  });

  it('what RBAC forbids is unavailable, and names the right that is missing', async () => {
    const reading = await readAs(READER, { namespace: BANK, pullSecrets: ['regcred'] });
    assert.equal(reading.status, 'unavailable');
    assert.match(reading.reason, new RegExp(`"get" on secrets in ${BANK}$`, 'u'));
    const account = await readAs(READER, { namespace: BANK, pullSecrets: [] });
    assert.equal(account.status, 'unavailable');
    assert.match(account.reason, new RegExp(`"get" on serviceaccounts in ${BANK}$`, 'u'));
  });

  it('a Pod has nothing of the Secret by the same name in another namespace', async () => {
    const reading = await readAs('root', { namespace: BANK, pullSecrets: ['regcred'] });
    assert.equal(reading.status, 'read');
    assert.deepEqual([...reading.credentials.keys()], [`${BANK}.example.com`]);
  });
});
