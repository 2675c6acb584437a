/** What the API server says of the credential of a caller: what everything about credentials rests on. */
import assert from 'node:assert/strict';
import { X509Certificate, hash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { ApiRequest } from '../support/cluster/api-client.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import type { StartedCluster } from '../support/cluster/cluster.ts';
import { addServiceAccountUser } from '../support/cluster/service-account-user.ts';
import { NODE_NAME } from '../support/cluster/users.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const REVIEW: ApiRequest = {
  method: 'POST',
  body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
};
const KEY = 'authentication.kubernetes.io/credential-id';

describe('the API server', () => {
  let cluster: StartedCluster;
  before(async () => {
    cluster = await startCluster();
  });
  after(() => cluster.stop());

  async function userOf(user: string): Promise<Record<string, unknown>> {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const { body } = await cluster.request(user, path, REVIEW);
    const info: unknown = body.status?.['userInfo'];
    assert.ok(typeof info === 'object' && info !== null, JSON.stringify(body));
    return { ...info };
  }

  it('shows the hash of a client certificate', async () => {
    const credential = cluster.credentials()['controller-manager'];
    assert.ok(credential !== undefined && 'certificate' in credential);
    const { raw } = new X509Certificate(credential.certificate.cert);

    const { username, extra } = await userOf('controller-manager');

    assert.equal(username, 'system:kube-controller-manager');
    assert.deepEqual(extra, { [KEY]: [`X509SHA256=${hash('sha256', raw, 'hex')}`] });
  });

  it('shows the id of a service account token', async () => {
    await addServiceAccountUser(cluster, {
      name: 'collector',
      namespace: 'kube-system',
      serviceAccount: 'generic-garbage-collector',
    });

    const { extra } = await userOf('collector');

    assert.ok(typeof extra === 'object' && extra !== null);
    assert.deepEqual(Object.keys(extra), [KEY]);
    assert.match(String(Reflect.get(extra, KEY)), /^JTI=[0-9a-f-]{36}$/u);
  });

  it('shows the pod and its node beside the id of a token that is bound to a pod, and of a kept one nothing', async () => {
    const namespace = 'held';
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'a', namespace },
    };
    const containers = [{ name: 'app', image: 'registry.local/app:1' }];
    await cluster.mustKubectl('root', ['create', '-f', '-'], {
      input: [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
        { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE_NAME } },
        account,
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'p', namespace },
          spec: { nodeName: NODE_NAME, serviceAccountName: 'a', containers },
        },
        {
          apiVersion: 'v1',
          kind: 'Secret',
          type: 'kubernetes.io/service-account-token',
          metadata: {
            name: 'kept',
            namespace,
            annotations: { 'kubernetes.io/service-account.name': 'a' },
          },
        },
      ],
    });
    await addServiceAccountUser(cluster, {
      name: 'bound',
      namespace,
      serviceAccount: 'a',
      pod: 'p',
    });
    const path = `/api/v1/namespaces/${namespace}/secrets/kept`;
    const kept = await waitFor('the token is kept', async () => {
      const { body } = await cluster.request('root', path);
      return body.data?.['token'];
    });
    await cluster.addUser('kept', Buffer.from(kept, 'base64').toString());

    const { extra } = await userOf('bound');
    const legacy = await userOf('kept');

    assert.ok(typeof extra === 'object' && extra !== null);
    assert.deepEqual(
      Object.keys(extra).map((key) => key.replace('authentication.kubernetes.io/', '')),
      ['credential-id', 'node-name', 'node-uid', 'pod-name', 'pod-uid'],
    );
    assert.equal(legacy['username'], 'system:serviceaccount:held:a');
    assert.equal(legacy['extra'], undefined);
  });

  it('shows nothing for a token of a file, and for whoever is impersonated', async () => {
    assert.equal((await userOf('alice'))['extra'], undefined);

    const argv = ['auth', 'whoami', '-o', 'json', '--as=system:kube-controller-manager'];
    const answer: unknown = JSON.parse(await cluster.mustKubectl('alice', argv));

    assert.ok(typeof answer === 'object' && answer !== null);
    const status: unknown = Reflect.get(answer, 'status');
    assert.deepEqual(status, {
      userInfo: { username: 'system:kube-controller-manager', groups: ['system:authenticated'] },
    });
  });

  it('believes the extra fields that an impersonator forges', async () => {
    const forged = `X509SHA256=${'0'.repeat(64)}`;
    const headers = {
      'impersonate-user': 'system:kube-controller-manager',
      'impersonate-extra-authentication.kubernetes.io%2fcredential-id': forged,
    };
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

    const { body } = await cluster.request('alice', path, { ...REVIEW, headers });

    assert.ok(JSON.stringify(body.status).includes(forged), JSON.stringify(body));
  });
});
