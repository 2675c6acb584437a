/** What the API server says of the credential of a caller: what everything about credentials rests on. */
import assert from 'node:assert/strict';
import { X509Certificate, hash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { ApiRequest } from '../support/cluster/api-client.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import type { StartedCluster } from '../support/cluster/cluster.ts';
import { addServiceAccountUser } from '../support/cluster/service-account-user.ts';

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
