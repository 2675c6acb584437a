/** `holdfast adopt` on a real API server, with the objects of Argo CD's and Flux's own manifests; and Holdfast with what it wrote. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { installArgoCd } from '../support/argocd/install.ts';
import { prepareArgoCdManifest, prepareFluxManifests } from '../support/assets/gitops.ts';
import { adopt } from '../support/cluster/adopt.ts';
import { startCluster, type Cluster } from '../support/cluster/cluster.ts';
import { readDenial } from '../support/cluster/denial.ts';
import { registerHoldfast } from '../support/cluster/holdfast.ts';
import { startNode } from '../support/cluster/node.ts';
import { addServiceAccountUser, ARGOCD } from '../support/cluster/service-account-user.ts';
import { applyAsArgoCd, shopApplication, shopObjects } from '../support/cluster/shop.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { installFlux } from '../support/flux/install.ts';

const MANAGER = { namespace: 'kube-system', name: 'argocd-manager' };

describe('holdfast adopt in a cluster without a GitOps controller', () => {
  const shared = useCluster(async () => {
    const cluster = await startCluster();
    return { cluster, stop: cluster.stop };
  });

  it('asks who writes, and once the account of a hub is there, proposes that', async (test) => {
    const { cluster } = shared();

    const alone = await adopt(test, cluster);

    assert.deepEqual([alone.status, alone.writers], ['ok', []]);
    assert.match(alone.text, /No controller of Argo CD or Flux runs here/u);
    assert.match(alone.check[1], /identity\.writers: No GitOps controller is configured/u);

    // As `argocd cluster add` does; source: argo-cd util/clusterauth/clusterauth.go.
    await cluster.mustKubectl('root', ['create', '-f', '-'], {
      input: [
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: MANAGER },
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: {
            name: 'argocd-manager-long-lived-token',
            namespace: MANAGER.namespace,
            annotations: { 'kubernetes.io/service-account.name': MANAGER.name },
          },
          type: 'kubernetes.io/service-account-token',
        },
      ],
    });
    const spoke = await adopt(test, cluster);

    assert.deepEqual(spoke.writers, [
      'hub system:serviceaccount:kube-system:argocd-manager legacy',
    ]);
    assert.deepEqual(spoke.sections['kubernetes']?.['hub'], {
      kubeconfigFile: '/etc/holdfast/hub/kubeconfig',
      cluster: { servers: [cluster.url] },
    });
    // What only a person can answer is all that is left to say.
    assert.equal(spoke.check[0], 'ok');
    assert.equal(spoke.check[1].match(/^warning:/gmu)?.length, 1);
    assert.match(spoke.check[1], /identity\.writers\[0\]\.proof/u);
  });
});

describe('holdfast adopt in a cluster with Argo CD and Flux', () => {
  const shared = useCluster(async () => {
    const cluster = await startCluster();
    await startNode(cluster);
    await installArgoCd(cluster, await prepareArgoCdManifest({ cacheFolder: cacheFolder() }));
    await installFlux(cluster, await prepareFluxManifests({ cacheFolder: cacheFolder() }));
    await addServiceAccountUser(cluster, { name: 'argocd', ...ARGOCD });
    for (const namespace of ['shop', 'team-a', 'keda']) {
      await cluster.mustKubectl('root', ['create', 'namespace', namespace]);
    }
    await cluster.mustKubectl('root', ['create', '-f', '-'], { input: tenants() });
    await impersonate(cluster);
    return { cluster, stop: cluster.stop };
  });

  it('writes a configuration that fits, with its reasons, and that config check has nothing to say of', async (test) => {
    const { cluster } = shared();

    const { status, text, sections, writers, check } = await adopt(test, cluster);

    assert.equal(status, 'ok');
    assert.deepEqual(writers, [
      'argocd system:serviceaccount:argocd:argocd-application-controller pod-bound',
      'argocd-shop-deployer system:serviceaccount:shop:deployer impersonated',
      'kustomize-controller system:serviceaccount:flux-system:kustomize-controller pod-bound',
      'helm-controller system:serviceaccount:flux-system:helm-controller pod-bound',
      'flux-team-a-deployer system:serviceaccount:team-a:deployer impersonated',
    ]);
    assert.deepEqual(sections['ownership'], {
      argocd: { namespace: 'argocd', trackingMethod: 'annotation' },
      flux: { enabled: true, namespace: 'flux-system' },
    });
    assert.deepEqual(sections['identity']?.['operatorPresets'], [{ preset: 'keda' }]);
    assert.match(text, /because StatefulSet argocd\/argocd-application-controller runs/u);
    // Nobody gives pods a token here: the API server of the tests runs without the plugin that does.
    const unwrapped = text.replaceAll(/\n *# /gu, ' ');
    assert.match(unwrapped, /Pod argocd\/argocd-application-controller-0 mounts no token that is/u);
    assert.match(unwrapped, /MutatingWebhookConfiguration sidecar, webhook sidecar\.example\.com/u);
    assert.deepEqual(check, ['ok', '']);
  });

  it('says what it could not look at, and what to grant, to somebody who may read little', async (test) => {
    const { cluster } = shared();

    const { status, text, writers } = await adopt(test, cluster, 'bob');

    assert.equal(status, 'unavailable');
    assert.deepEqual(writers, [
      'argocd system:serviceaccount:argocd:argocd-application-controller pod-bound',
      'kustomize-controller system:serviceaccount:flux-system:kustomize-controller pod-bound',
      'helm-controller system:serviceaccount:flux-system:helm-controller pod-bound',
    ]);
    assert.match(text, /Could not look at applications\.argoproj\.io/u);
    assert.match(text, /Grant get and list on it/u);
  });

  it('is what Holdfast runs with: syncs of the writers pass, and an edit is refused', async (test) => {
    const { cluster } = shared();
    const { sections } = await adopt(test, cluster);
    const { policies: _warn, ...written } = sections;
    await applyAsArgoCd(cluster, [shopApplication()], { user: 'root' });

    await registerHoldfast(cluster, { sections: written });
    await applyAsArgoCd(cluster, shopObjects());
    const impersonated = ['apply', '--server-side', '--as', 'system:serviceaccount:shop:deployer'];
    const synced = await cluster.kubectl(
      'root',
      [...impersonated, '--force-conflicts', '--field-manager=argocd-controller', '-f', '-'],
      { input: shopObjects({ greeting: 'good day' }) },
    );
    const image = 'app=registry.local/evil:1';
    const change = ['set', 'image', 'deployment/checkout', image];
    const edited = await cluster.kubectl('alice', ['-n', 'shop', ...change]);

    assert.deepEqual([synced.code, synced.stderr], [0, '']);
    assert.deepEqual(readDenial(edited)?.findings, [
      'managed_object_changed by gitops_only_writes',
    ]);
  });
});

/** What stands beside the controllers: a tenant of each, an operator with a preset, and a webhook that changes Pods. */
function tenants(): readonly object[] {
  const account = (namespace: string, name: string) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace, name },
  });
  const edits = (namespace: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { namespace, name: 'deployer' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
    subjects: [{ kind: 'ServiceAccount', namespace, name: 'deployer' }],
  });
  return [
    account('shop', 'deployer'),
    edits('shop'),
    account('team-a', 'deployer'),
    account('keda', 'keda-operator'),
    account('flux-system', 'helm-controller'),
    helmController(),
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { namespace: 'team-a', name: 'podinfo' },
      spec: {
        interval: '1h',
        prune: true,
        serviceAccountName: 'deployer',
        sourceRef: { kind: 'GitRepository', name: 'podinfo' },
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'sidecar' },
      webhooks: [
        {
          name: 'sidecar.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Ignore',
          timeoutSeconds: 1,
          clientConfig: { url: 'https://127.0.0.1:1/' },
          objectSelector: { matchLabels: { sidecar: 'true' } },
          rules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['CREATE'],
              resources: ['pods'],
            },
          ],
        },
      ],
    },
  ];
}

function helmController(): object {
  const labels = { app: 'helm-controller' };
  const containers = [{ name: 'manager', image: 'ghcr.io/fluxcd/helm-controller:v1.4.0' }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'flux-system', name: 'helm-controller' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { serviceAccountName: 'helm-controller', containers },
      },
    },
  };
}

/** Argo CD impersonates for the default project, and the sample application is of it. */
async function impersonate(cluster: Cluster): Promise<void> {
  const patch = (kind: string, name: string, body: object) => {
    const change = ['patch', kind, name, '--type=merge', '-p', JSON.stringify(body)];
    return cluster.mustKubectl('root', ['-n', ARGOCD.namespace, ...change]);
  };
  await patch('configmap', 'argocd-cm', {
    data: { 'application.sync.impersonation.enabled': 'true' },
  });
  await patch('appproject', 'default', {
    spec: {
      destinationServiceAccounts: [
        { server: 'https://kubernetes.*', namespace: 's*', defaultServiceAccount: 'deployer' },
      ],
    },
  });
  await applyAsArgoCd(cluster, [shopApplication()], { user: 'root' });
}
