/**
 * What a HelmRelease left behind, on a real API server. No helm-controller runs: the account of Flux's writer writes by hand
 * what helm-controller writes and Holdfast reads, the release with its inventory and the labels of its objects.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCluster } from '../support/cluster/cluster.ts';
import type { StartedCluster } from '../support/cluster/cluster.ts';
import { readDenial } from '../support/cluster/denial.ts';
import { installGitopsKinds, installHelmReleaseKind } from '../support/cluster/gitops-kinds.ts';
import { registerHoldfast } from '../support/cluster/holdfast.ts';
import type { KubectlResult } from '../support/cluster/kubectl.ts';
import { startNode } from '../support/cluster/node.ts';
import {
  addServiceAccountUser,
  ARGOCD,
  FLUX,
  installController,
} from '../support/cluster/service-account-user.ts';
import { waitFor } from '../support/cluster/wait-for.ts';

const GONE_FOR_MS = 2000;
const DELETED = 'managed_object_deleted by gitops_only_writes';
const RELEASE = '/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases/podinfo';
const KINDS = ['ConfigMap', 'Service'] as const;

describe('what a HelmRelease left behind', () => {
  let cluster: StartedCluster;

  before(async () => {
    cluster = await startCluster();
    await startNode(cluster);
    for (const controller of [ARGOCD, FLUX]) await installController(cluster, controller);
    await addServiceAccountUser(cluster, { name: 'flux', ...FLUX });
    await cluster.mustKubectl('root', ['create', 'namespace', 'shop']);
    // What RBAC lets an editor of orphans do is another question.
    const binding = ['create', 'clusterrolebinding', 'bob', '--clusterrole=cluster-admin'];
    await cluster.mustKubectl('root', [...binding, '--user=bob']);
    await installGitopsKinds(cluster);
    await installHelmReleaseKind(cluster);
    await registerHoldfast(cluster, { orphans: { editors: ['bob'], afterMs: GONE_FOR_MS } });
    const apply = ['apply', '--server-side', '--field-manager=helm-controller', '-f', '-'];
    await cluster.mustKubectl('flux', apply, { input: [release(), ...objects()] });
  });
  after(() => cluster.stop());

  const remove = (user: string, name: string): Promise<KubectlResult> =>
    cluster.kubectl(user, ['-n', 'shop', 'delete', name, '--wait=false']);

  it('is nobody’s to delete while the release is there', async () => {
    for (const user of ['alice', 'bob']) {
      const { stderr, ...result } = await remove(user, 'configmap/podinfo');
      assert.ok(readDenial({ ...result, stderr })?.findings.includes(DELETED), stderr);
      assert.match(stderr, /the Flux HelmRelease "flux-system\/podinfo"/u);
    }
  });

  it('is deleted, or released, by an editor of orphans once the release has been gone for a while', async () => {
    const deletion = await cluster.request('flux', RELEASE, { method: 'DELETE' });
    assert.equal(deletion.code, 200, deletion.body.message);

    const others = await waitFor('the denial says that the release is gone', async () => {
      const result = await remove('alice', 'configmap/podinfo');
      return result.stderr.includes('Its application is gone.') && result;
    });
    assert.ok(readDenial(others)?.findings.includes(DELETED), others.stderr);
    const group = 'helm.toolkit.fluxcd.io';
    assert.ok(
      others.stderr.includes(
        `release it: kubectl label configmaps podinfo -n shop ${group}/name- ${group}/namespace-`,
      ),
      others.stderr,
    );

    const deleted = await remove('bob', 'configmap/podinfo');
    assert.equal(deleted.code, 0, deleted.stderr);
    const labels = [`${group}/name-`, `${group}/namespace-`];
    const command = ['label', 'services', 'podinfo', '-n', 'shop', ...labels];
    const released = await cluster.kubectl('bob', command);
    assert.equal(released.code, 0, released.stderr);
    const changed = await cluster.kubectl('alice', ['-n', 'shop', 'label', 'svc/podinfo', 'a=b']);
    assert.equal(changed.code, 0, changed.stderr);
  });
});

function release(): object {
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'podinfo', namespace: 'flux-system' },
    spec: { chartRef: { kind: 'OCIRepository', name: 'podinfo' }, targetNamespace: 'shop' },
    status: {
      inventory: { entries: KINDS.map((kind) => ({ id: `shop_podinfo__${kind}`, v: 'v1' })) },
    },
  };
}

function objects(): readonly object[] {
  const labels = {
    'helm.toolkit.fluxcd.io/name': 'podinfo',
    'helm.toolkit.fluxcd.io/namespace': 'flux-system',
  };
  const metadata = { name: 'podinfo', namespace: 'shop', labels };
  return [
    { apiVersion: 'v1', kind: KINDS[0], metadata, data: { a: 'b' } },
    { apiVersion: 'v1', kind: KINDS[1], metadata, spec: { ports: [{ port: 80 }] } },
  ];
}
