/** Flux's kinds, accounts and the Deployment of kustomize-controller, as its own manifests have them. */
import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { FluxAssets } from '../assets/gitops.ts';
import type { Cluster } from '../cluster/cluster-handle.ts';
import { addServiceAccountUser, FLUX } from '../cluster/service-account-user.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { waitForKinds } from '../cluster/wait-for-kinds.ts';

const LISTS = [
  '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations',
  '/apis/source.toolkit.fluxcd.io/v1/buckets',
  '/apis/source.toolkit.fluxcd.io/v1/gitrepositories',
  '/apis/source.toolkit.fluxcd.io/v1/ocirepositories',
];
const CONTROLLERS = [FLUX.serviceAccount, 'source-controller'];

const deploymentSchema = z.looseObject({
  metadata: z.looseObject({}),
  spec: z.looseObject({
    template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.looseObject({})) }) }),
  }),
});

/** Installs them; afterwards the users `flux` and `source-controller` hold tokens of live pods. Needs the node. */
export async function installFlux(
  cluster: Cluster,
  manifests: FluxAssets['manifests'],
): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: FLUX.namespace } };
  await apply(cluster, [
    namespace,
    ...(await Promise.all(manifests.kinds.map(readManifest))),
    ...CONTROLLERS.flatMap(accountOf),
  ]);
  const deployment = deploymentSchema.parse(await readManifest(manifests.deployment));
  await apply(
    cluster,
    CONTROLLERS.map((name) => deploymentOf(name, deployment)),
  );
  await waitForKinds(cluster, LISTS);
  for (const [name, serviceAccount] of [
    ['flux', FLUX.serviceAccount],
    ['source-controller', 'source-controller'],
  ] as const) {
    const pod = await findPod(cluster, serviceAccount);
    await addServiceAccountUser(cluster, { name, namespace: FLUX.namespace, serviceAccount, pod });
  }
}

async function readManifest(path: string): Promise<object> {
  const value: unknown = parseDocument(await readFile(path, 'utf8')).toJSON();
  if (typeof value === 'object' && value !== null) return value;
  throw new Error(`Cannot read a manifest from "${path}"`);
}

async function apply(cluster: Cluster, input: readonly object[]): Promise<void> {
  await cluster.mustKubectl('root', ['apply', '--server-side', '-f', '-'], { input });
}

/** Flux binds its controllers to cluster-admin too: they apply whatever stands in Git. */
function accountOf(name: string): readonly object[] {
  const metadata = { name, namespace: FLUX.namespace };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
  ];
}

/** The manifest of kustomize-controller, for either controller: what matters here is whose pods there are. */
function deploymentOf(name: string, manifest: z.infer<typeof deploymentSchema>): object {
  const { template } = manifest.spec;
  const labels = { app: name };
  return {
    ...manifest,
    metadata: { ...manifest.metadata, name, namespace: FLUX.namespace },
    spec: {
      ...manifest.spec,
      selector: { matchLabels: labels },
      template: {
        ...template,
        metadata: { labels },
        spec: {
          ...template.spec,
          serviceAccountName: name,
          containers: template.spec.containers.map((container) => ({
            ...container,
            image: `fluxcd/${name}`,
          })),
        },
      },
    },
  };
}

async function findPod(cluster: Cluster, app: string): Promise<string> {
  const path = `/api/v1/namespaces/${FLUX.namespace}/pods?labelSelector=app%3D${app}`;
  return await waitFor(`a pod of ${app} runs`, async () => {
    const { body } = await cluster.request('root', path);
    const running = body.items?.find(({ status }) => status?.['phase'] === 'Running');
    return running?.metadata?.name;
  });
}
