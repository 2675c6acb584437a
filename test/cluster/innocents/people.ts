/** Nodes and people do their own work beside managed objects, and nobody is refused. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  assertNobodyRefused,
  useInnocentCluster,
  ROLLING_PODS,
  SHOP,
  STRATEGIC,
} from '../../support/cluster/innocents.ts';
import { requestTestCertificate } from '../../support/certificates.ts';
import { waitForRollout } from '../../support/cluster/shop.ts';
import { NODE_NAME } from '../../support/cluster/users.ts';
import { waitFor } from '../../support/cluster/wait-for.ts';

describe('nobody in the right is refused: nodes and people beside Git', () => {
  const world = useInnocentCluster();

  it('the node keeps its lease', async () => {
    const { shop } = world();
    assert.equal((await shop.node.renewLease()).code, 200);
  });

  it('the node reports its own status', async () => {
    const { shop } = world();
    assert.equal((await shop.node.reportReady()).code, 200);
  });

  it('the kubelet reports the status of a pod', async () => {
    const { running, send } = world();
    const [pod] = await running(ROLLING_PODS);
    await send('kubelet', `${SHOP}/pods/${pod?.metadata?.name ?? ''}/status`, {
      method: 'PATCH',
      patchType: STRATEGIC,
      body: { status: { message: 'all is well' } },
    });
  });

  it('a person asks for a token of an account of their own', async () => {
    const { kubectl } = world();
    await kubectl('-n', 'shop', 'create', 'serviceaccount', 'mine');
    await kubectl('-n', 'shop', 'create', 'token', 'mine');
  });

  it('a person deletes a pod of a managed Deployment, and it comes back', async () => {
    const { running, kubectl } = world();
    const [pod] = await running(ROLLING_PODS);
    await kubectl('-n', 'shop', 'delete', 'pod', pod?.metadata?.name ?? '', '--wait=false');
    await waitFor('three pods run again', async () => {
      const pods = await running(ROLLING_PODS);
      return (
        pods.length === 3 && pods.every(({ metadata }) => metadata?.uid !== pod?.metadata?.uid)
      );
    });
  });

  it('a drain evicts pods of a managed Deployment', async () => {
    const { cluster, running } = world();
    const evicted = await waitFor('the disruption budget allows an eviction', async () => {
      const [pod] = await running(ROLLING_PODS);
      const name = pod?.metadata?.name ?? '';
      const answer = await cluster.request('alice', `${SHOP}/pods/${name}/eviction`, {
        method: 'POST',
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } },
      });
      return answer.code === 429 ? undefined : answer;
    });
    assert.equal(evicted.code, 201, evicted.body.message);
  });

  it('a person cordons a node', async () => {
    const { kubectl } = world();
    await kubectl('cordon', NODE_NAME);
    await kubectl('uncordon', NODE_NAME);
  });

  it('a person does what they like where Git has nothing', async () => {
    const { kubectl } = world();
    await kubectl('create', 'namespace', 'playground');
    const inPlayground = (...argv: readonly string[]): Promise<string> =>
      kubectl('-n', 'playground', ...argv);
    await inPlayground('create', 'configmap', 'mine', '--from-literal=a=1');
    await inPlayground('create', 'deployment', 'mine', '--image=registry.local/mine:1');
    await inPlayground('set', 'image', 'deployment/mine', 'mine=registry.local/mine:2');
    await inPlayground('scale', 'deployment/mine', '--replicas=2');
    await inPlayground('rollout', 'restart', 'deployment/mine');
    await inPlayground('label', 'deployment/mine', 'team=blue');
    await inPlayground('delete', 'deployment/mine');
    await kubectl('delete', 'namespace', 'playground', '--timeout=60s');
  });

  it('a person makes, changes and deletes an object of their own beside managed ones', async () => {
    const { kubectl } = world();
    await kubectl('-n', 'shop', 'create', 'configmap', 'note');
    await kubectl(
      '-n',
      'shop',
      'patch',
      'configmap',
      'note',
      '--type=merge',
      '-p',
      '{"data":{"a":"1"}}',
    );
    await kubectl('-n', 'shop', 'delete', 'configmap', 'note');
  });

  it('a person writes back what is there already', async () => {
    const { get, send } = world();
    const path = `${SHOP}/configmaps/checkout`;
    await send('alice', path, { method: 'PUT', body: await get(path) });
  });

  it('a component writes an event about a managed object', async () => {
    const { send } = world();
    await send('controller-manager', `${SHOP}/events`, {
      method: 'POST',
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { generateName: 'checkout.' },
        involvedObject: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
        reason: 'Tested',
      },
    });
  });

  it('certificates are asked for, and one is approved, the other denied', async () => {
    const { cluster, kubectl, send, get } = world();
    const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    for (const name of ['wanted', 'unwanted']) {
      await send('alice', requests, {
        method: 'POST',
        body: {
          apiVersion: 'certificates.k8s.io/v1',
          kind: 'CertificateSigningRequest',
          metadata: { name },
          spec: {
            request: encodeSigningRequest(name),
            signerName: 'kubernetes.io/kube-apiserver-client',
            usages: ['client auth'],
          },
        },
      });
    }
    await kubectl('certificate', 'approve', 'wanted');
    await kubectl('certificate', 'deny', 'unwanted');
    const conditions = async (name: string): Promise<unknown> =>
      (await get(`${requests}/${name}`)).status?.['conditions'];
    assert.match(JSON.stringify(await conditions('wanted')), /"type":"Approved"/u);
    assert.match(JSON.stringify(await conditions('unwanted')), /"type":"Denied"/u);
    await waitFor('the controller manager signs what was approved', async () => {
      const { body } = await cluster.request('alice', `${requests}/wanted`);
      return body.status?.['certificate'] !== undefined;
    });
  });

  it('a person makes a Secret of their own, and deletes it', async () => {
    const { kubectl } = world();
    await kubectl('-n', 'shop', 'create', 'secret', 'generic', 'mine');
    await kubectl('-n', 'shop', 'delete', 'secret', 'mine');
  });

  it('a leader holds a lease of its own', async () => {
    const { send } = world();
    const leases = '/apis/coordination.k8s.io/v1/namespaces/shop/leases';
    const lease = (holderIdentity: string): object => ({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'leader' },
      spec: { holderIdentity },
    });
    await send('alice', leases, { method: 'POST', body: lease('one') });
    await send('alice', `${leases}/leader`, { method: 'PATCH', body: lease('two') });
  });

  it('a person asks Argo CD to compare an application again', async () => {
    const { sync, kubectl } = world();
    await sync({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'child', namespace: 'argocd' },
      spec: { project: 'default', source: { repoURL: 'git://git.example.com/child', path: '.' } },
    });
    for (const how of ['normal', 'hard']) {
      await kubectl(
        '-n',
        'argocd',
        'annotate',
        '--overwrite',
        'application/child',
        `argocd.argoproj.io/refresh=${how}`,
        // As Argo CD's own server does with each refresh.
        'argocd.argoproj.io/hydrate=normal',
      );
    }
  });

  it('a person asks Flux to reconcile', async () => {
    const { sync, kubectl } = world();
    await sync({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'apps', namespace: 'argocd' },
      spec: { interval: '10m', path: './apps' },
    });
    await kubectl(
      '-n',
      'argocd',
      'annotate',
      'kustomization/apps',
      'reconcile.fluxcd.io/requestedAt=now',
    );
  });

  it('a pod that nobody owns is deleted by whoever made it', async () => {
    const { kubectl } = world();
    await kubectl('-n', 'shop', 'run', 'box', '--image=registry.local/box:1');
    await kubectl('-n', 'shop', 'delete', 'pod', 'box', '--wait=false');
  });

  it('Holdfast itself is replaced', async () => {
    const { shop, cluster } = world();
    await shop.holdfast.stop('SIGTERM');
    await shop.holdfast.start();
    await waitForRollout(cluster);
  });

  it('and no decision of all of these was a refusal', async () => {
    await assertNobodyRefused(world());
  });
});

/** As the API server takes it. */
function encodeSigningRequest(commonName: string): string {
  const { request } = requestTestCertificate({ commonName, organization: 'developers' });
  return Buffer.from(request).toString('base64');
}
