/** Argo CD's own installation manifest, without the workloads that the tests run as processes. */
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { Cluster } from '../cluster/cluster.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { waitForKinds } from '../cluster/wait-for-kinds.ts';

/** The controller's StatefulSet stays: the pod that the token is bound to is made from it, as in a real installation. */
const WORKLOADS: ReadonlySet<unknown> = new Set(['Deployment', 'NetworkPolicy', 'Service']);
const KINDS = ['applications', 'applicationsets', 'appprojects'];

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Installs kinds, rights and settings, and waits for the pod of the application controller to run. Needs the node. */
export async function installArgoCd(cluster: Cluster, installManifest: string): Promise<void> {
  const manifests = await readManifests(installManifest);
  const kinds = manifests.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const others = manifests.filter((manifest) => !kinds.includes(manifest));
  await cluster.mustKubectl('root', ['create', 'namespace', ARGOCD.namespace]);
  await apply(cluster, kinds);
  await waitForKinds(
    cluster,
    KINDS.map((kind) => `/apis/argoproj.io/v1alpha1/${kind}`),
  );
  await apply(cluster, others);
  await apply(cluster, [defaultProject()]);
  await waitFor('the pod of the application controller runs', async () => {
    const path = `/api/v1/namespaces/${ARGOCD.namespace}/pods/${ARGOCD.pod}`;
    return (await cluster.request('root', path)).body.status?.['phase'] === 'Running';
  });
}

async function readManifests(path: string): Promise<readonly Manifest[]> {
  const documents: unknown[] = [];
  for (const document of parseAllDocuments(await readFile(path, 'utf8'))) {
    documents.push(document.toJSON());
  }
  return documents.filter(isManifest).filter(({ kind }) => !WORKLOADS.has(kind));
}

function isManifest(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value;
}

async function apply(cluster: Cluster, input: readonly object[]): Promise<void> {
  const argv = ['apply', '--server-side', '--validate=ignore', '-n', ARGOCD.namespace, '-f', '-'];
  await cluster.mustKubectl('root', argv, { input });
}

/** Argo CD's API server would make it at its first start; it does not run here. */
function defaultProject(): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: ARGOCD.namespace },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ namespace: '*', server: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  };
}
