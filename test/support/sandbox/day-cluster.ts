/** The cluster of the recorded day: two GitOps controllers, their kinds, the sample application, and one node. */
import { KUBERNETES_VERSION } from '../assets/families.ts';
import { startCluster } from '../cluster/cluster.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { startNode } from '../cluster/node.ts';
import {
  addServiceAccountUser,
  ARGOCD,
  FLUX,
  installController,
} from '../cluster/service-account-user.ts';
import { waitFor } from '../cluster/wait-for.ts';

/** Starts it, with everything in place that is there before anybody does anything. */
export async function startDayCluster(): Promise<Cluster> {
  const cluster = await startCluster();
  try {
    await startNode(cluster);
    await installController(cluster, ARGOCD);
    await installController(cluster, FLUX);
    await addServiceAccountUser(cluster, { name: 'argocd', ...ARGOCD });
    await addServiceAccountUser(cluster, { name: 'flux', ...FLUX });
    await addServiceAccountUser(cluster, {
      name: 'autoscaler',
      namespace: 'kube-system',
      serviceAccount: 'horizontal-pod-autoscaler',
    });
    await cluster.mustKubectl('root', ['apply', '-f', '-'], { input: gitopsKinds() });
    for (const namespace of ['shop', 'podinfo', 'sandbox']) {
      await cluster.mustKubectl('root', ['create', 'namespace', namespace]);
    }
    await waitFor('the API server serves Applications', async () => {
      const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
      const flux = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';
      const answers = [await cluster.request('root', path), await cluster.request('root', flux)];
      return answers.every(({ code }) => code === 200);
    });
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** What a recording says about the API server that sent it. */
export const DAY_KUBERNETES_VERSION = KUBERNETES_VERSION;

/** The controllers' own kinds, without their schemas: what is in them is not the API server's business here. */
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
