/** The GitOps writer does everything that syncs need, and is never refused. */
import { describe, it } from 'node:test';
import {
  assertNobodyRefused,
  useInnocentCluster,
  SHOP,
  managed,
  podTemplate,
} from '../../support/cluster/innocents.ts';
import { applyAsArgoCd, trackingAnnotation } from '../../support/cluster/shop.ts';
import { waitFor } from '../../support/cluster/wait-for.ts';

describe('nobody in the right is refused: the GitOps writer', () => {
  const world = useInnocentCluster();

  it('a managed kind is established', async () => {
    const { cluster, sync } = world();
    await sync({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'lamps.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Lamp', singular: 'lamp', plural: 'lamps' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        ],
      },
    });
    await waitFor('the API server serves it', async () => {
      return (await cluster.request('root', '/apis/example.com/v1/lamps')).code === 200;
    });
  });

  it('an object of that kind is made by Git', async () => {
    const { sync } = world();
    await sync({ apiVersion: 'example.com/v1', kind: 'Lamp', metadata: { name: 'red' }, on: true });
  });

  it('a managed namespace is made, and gets its account and its root certificate', async () => {
    const { cluster, sync } = world();
    await sync({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fresh' } });
    await waitFor('both are there', async () => {
      const [account, certificate] = await Promise.all([
        cluster.request('root', '/api/v1/namespaces/fresh/serviceaccounts/default'),
        cluster.request('root', '/api/v1/namespaces/fresh/configmaps/kube-root-ca.crt'),
      ]);
      return account.code === 200 && certificate.code === 200;
    });
  });

  it('a namespace that Git removes ends, with all that is in it', async () => {
    const { cluster } = world();
    await applyAsArgoCd(cluster, [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'inside',
          namespace: 'fresh',
          annotations: trackingAnnotation('checkout', '/ConfigMap:fresh/inside'),
        },
      },
    ]);
    await cluster.mustKubectl('argocd', ['delete', 'namespace', 'fresh', '--timeout=60s']);
  });

  for (const cascade of ['background', 'foreground', 'orphan']) {
    it(`what Git removes is collected: ${cascade}`, async () => {
      const { cluster, items, sync } = world();
      const name = `collected-${cascade}`;
      const label = `${SHOP}/pods?labelSelector=app%3D${name}`;
      await sync({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: name } },
          template: podTemplate(name),
        },
      });
      await waitFor('its pod is there', async () => (await items(label)).length === 1);
      await cluster.mustKubectl('argocd', [
        '-n',
        'shop',
        'delete',
        `deployment/${name}`,
        `--cascade=${cascade}`,
        '--timeout=60s',
      ]);
      const left = cascade === 'orphan' ? 1 : 0;
      await waitFor('the rest is as asked', async () => (await items(label)).length === left);
    });
  }

  it('the controller of Argo CD writes the status of its application', async () => {
    const { send } = world();
    await send('argocd', '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/checkout', {
      method: 'PATCH',
      body: { status: { sync: { status: 'Synced' } } },
    });
  });

  it('the GitOps writer tries in a dry run what it is going to write', async () => {
    const { cluster } = world();
    await cluster.mustKubectl(
      'argocd',
      [
        'apply',
        '--server-side',
        '--dry-run=server',
        '--field-manager=argocd-controller',
        '-f',
        '-',
      ],
      {
        input: [
          managed({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name: 'planned', namespace: 'shop' },
          }),
        ],
      },
    );
  });

  it('the GitOps writer deletes and makes an object anew', async () => {
    const { cluster } = world();
    const object = managed({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'replaced', namespace: 'shop' },
    });
    await cluster.mustKubectl('argocd', ['create', '-f', '-'], { input: [object] });
    await cluster.mustKubectl('argocd', ['replace', '--force', '-f', '-'], { input: [object] });
  });

  it('the GitOps writer migrates its managed fields', async () => {
    const { send } = world();
    const path = `${SHOP}/configmaps/replaced`;
    await send('argocd', path, {
      method: 'PATCH',
      patchType: 'application/json-patch+json',
      body: [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }],
    });
  });

  it('the GitOps writer applies on its side, and then on the server’s', async () => {
    const { cluster } = world();
    const object = managed({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'moved' } });
    const apply = ['apply', '--field-manager=argocd-controller', '-f', '-'];
    await cluster.mustKubectl('argocd', apply, { input: [object] });
    await cluster.mustKubectl('argocd', [...apply, '--server-side', '--force-conflicts'], {
      input: [object],
    });
  });

  it('the GitOps writer replaces an object', async () => {
    const { cluster } = world();
    await cluster.mustKubectl('argocd', ['replace', '-f', '-'], {
      input: [managed({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'moved' } })],
    });
  });

  it('the GitOps writer takes a resource over that nobody had marked', async () => {
    const { sync, kubectl } = world();
    await kubectl('-n', 'shop', 'create', 'configmap', 'adopted');
    await sync({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'adopted' } });
  });

  it('the GitOps writer prunes', async () => {
    const { cluster } = world();
    await cluster.mustKubectl('argocd', ['-n', 'shop', 'delete', 'configmap/replaced']);
  });

  it('the GitOps writer deletes a role binding and makes it anew, as auth reconcile does', async () => {
    const { cluster, sync } = world();
    const binding = (role: string) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'viewers', namespace: 'shop' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'carol' }],
    });
    await sync(binding('view'));
    await cluster.mustKubectl(
      'argocd',
      ['auth', 'reconcile', '--remove-extra-subjects', '--remove-extra-permissions', '-f', '-'],
      { input: [managed(binding('edit'))] },
    );
  });

  it('a Secret from Git is written, and its values are nobody’s business', async () => {
    const { sync } = world();
    await sync({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'password' },
      stringData: { password: 'correct horse' },
    });
  });

  it('and no decision of all of these was a refusal', async () => {
    await assertNobodyRefused(world());
  });
});
