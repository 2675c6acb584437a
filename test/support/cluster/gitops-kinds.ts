/** The kinds of the GitOps controllers, without their schemas: what is in them is not the API server's business here. */
import type { Cluster } from './cluster.ts';
import { waitForKinds } from './wait-for-kinds.ts';

const LISTS = [
  '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications',
  '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations',
];

const HELM_RELEASES = '/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases';

/** Installs them and waits until they are served. */
export async function installGitopsKinds(cluster: Cluster): Promise<void> {
  await install(cluster, gitopsKinds(), LISTS);
}

/** The kind of helm-controller, which does not run here. */
export async function installHelmReleaseKind(cluster: Cluster): Promise<void> {
  const kind = customKind('helm.toolkit.fluxcd.io', 'v2', 'HelmRelease');
  await install(cluster, [kind], [HELM_RELEASES]);
}

/** A kind of Argo Rollouts, whose controller does not run here. */
export async function installRolloutKind(cluster: Cluster): Promise<void> {
  const kind = customKind('argoproj.io', 'v1alpha1', 'Rollout');
  await install(cluster, [kind], ['/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts']);
}

async function install(
  cluster: Cluster,
  kinds: readonly object[],
  lists: readonly string[],
): Promise<void> {
  await cluster.mustKubectl('root', ['apply', '-f', '-'], { input: kinds });
  await waitForKinds(cluster, lists);
}

function gitopsKinds(): readonly object[] {
  return [
    customKind('argoproj.io', 'v1alpha1', 'Application'),
    customKind('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization'),
  ];
}

function customKind(group: string, version: string, kind: string): object {
  const singular = kind.toLowerCase();
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, singular, plural: `${singular}s` },
      versions: [
        { name: version, served: true, storage: true, schema: { openAPIV3Schema: schema } },
      ],
    },
  };
}
