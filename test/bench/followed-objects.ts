/**
 * Objects such as clusters hold many of, for a real API server to store: it writes their managedFields itself. No controller deletes
 * them or makes others of them.
 */
import type { ApiRequest } from '../support/cluster/api-client.ts';
import type { Cluster } from '../support/cluster/cluster.ts';

const NAMESPACES = 20;
const PARALLEL_WRITES = 16;
const LISTED_BY_APPLICATION = 50;
const APPLICATIONS = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';

/** One kind of object, and how many of ten thousand are of it. */
export interface FollowedKind {
  readonly title: string;
  /** As kubectl writes it. */
  readonly resource: string;
  readonly share: number;
  readonly describe: (index: number, owners: readonly Owner[]) => WrittenObject;
}

interface WrittenObject {
  readonly path: string;
  readonly body: object;
  readonly manager: string;
}

/** An object that Pods belong to: the garbage collector deletes what names an owner that is not there. */
interface Owner {
  readonly name: string;
  readonly uid: string;
}

export const FOLLOWED_KINDS: readonly FollowedKind[] = [
  {
    title: 'Pods with an owner',
    resource: 'pods',
    share: 4000,
    describe: describePod,
  },
  {
    title: 'Services with the marks of Flux',
    resource: 'services',
    share: 2000,
    describe: (index) => ({
      path: `/api/v1/namespaces/${namespaceOf(index)}/services`,
      manager: 'kustomize-controller',
      body: {
        metadata: {
          name: `service-${index}`,
          labels: {
            'kustomize.toolkit.fluxcd.io/name': `app-${index % 200}`,
            'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
            'app.kubernetes.io/name': `service-${index}`,
          },
        },
        spec: { clusterIP: 'None', ports: [{ port: 80 }] },
      },
    }),
  },
  {
    title: 'ServiceAccounts with the mark of Argo CD',
    resource: 'serviceaccounts',
    share: 1940,
    describe: (index) => ({
      path: `/api/v1/namespaces/${namespaceOf(index)}/serviceaccounts`,
      manager: 'argocd-controller',
      body: {
        metadata: {
          name: `account-${index}`,
          annotations: {
            'argocd.argoproj.io/tracking-id': `app-${index % 200}:/ServiceAccount:${namespaceOf(index)}/account-${index}`,
          },
        },
      },
    }),
  },
  {
    title: 'ConfigMaps without marks',
    resource: 'configmaps',
    share: 2000,
    describe: (index) => ({
      path: `/api/v1/namespaces/${namespaceOf(index)}/configmaps`,
      manager: 'kubectl-create',
      body: { metadata: { name: `config-${index}` }, data: { key: 'x'.repeat(500) } },
    }),
  },
  {
    title: `Applications, each with ${LISTED_BY_APPLICATION} objects that it lists`,
    resource: 'applications.argoproj.io',
    share: 60,
    describe: describeApplication,
  },
];

/** Makes the namespaces, and what Pods belong to. */
export async function prepareFollowed(cluster: Cluster): Promise<readonly Owner[]> {
  const owners: Owner[] = [];
  for (const name of [
    'argocd',
    ...Array.from({ length: NAMESPACES }, (_, at) => namespaceOf(at)),
  ]) {
    await mustCreate(cluster, '/api/v1/namespaces', { metadata: { name } });
    if (name === 'argocd') continue;
    const path = `/api/v1/namespaces/${name}/configmaps`;
    const { body } = await mustCreate(cluster, path, { metadata: { name: 'owner' } });
    owners.push({ name: 'owner', uid: body.metadata?.uid ?? '' });
  }
  return owners;
}

/** Writes the objects with the numbers from `from` to before `to`, each kind by its share. */
export async function writeFollowed(
  cluster: Cluster,
  {
    owners,
    from,
    to,
  }: { readonly owners: readonly Owner[]; readonly from: number; readonly to: number },
): Promise<void> {
  const total = FOLLOWED_KINDS.reduce((sum, { share }) => sum + share, 0);
  const objects = FOLLOWED_KINDS.flatMap(({ share, describe }) => {
    const at = (number: number): number => Math.round((number * share) / total);
    return Array.from({ length: at(to) - at(from) }, (_, offset) =>
      describe(at(from) + offset, owners),
    );
  });
  let next = 0;
  const writeOn = async (): Promise<void> => {
    for (;;) {
      const object = objects[next];
      next += 1;
      if (object === undefined) return;
      await mustCreate(cluster, `${object.path}?fieldManager=${object.manager}`, object.body);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_WRITES }, writeOn));
}

async function mustCreate(cluster: Cluster, path: string, body: object) {
  const request: ApiRequest = { method: 'POST', body };
  const answer = await cluster.request('root', path, request);
  if (answer.code === 201) return answer;
  throw new Error(`Cannot write to ${path}: ${answer.code} ${answer.body.message}`);
}

function namespaceOf(index: number): string {
  return `followed-${index % NAMESPACES}`;
}

function describePod(index: number, owners: readonly Owner[]): WrittenObject {
  const owner = owners[index % NAMESPACES];
  return {
    path: `/api/v1/namespaces/${namespaceOf(index)}/pods`,
    manager: 'kube-controller-manager',
    body: {
      metadata: {
        name: `deployment-${index % 1000}-5d4f8c7b6-${index}`,
        labels: { app: `deployment-${index % 1000}`, 'pod-template-hash': '5d4f8c7b6' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', ...owner, controller: true }],
      },
      spec: { containers: [{ name: 'app', image: 'registry.local/app:1.0.0' }] },
    },
  };
}

function describeApplication(index: number): WrittenObject {
  const resources = Array.from({ length: LISTED_BY_APPLICATION }, (_, at) => ({
    version: 'v1',
    kind: 'ServiceAccount',
    namespace: namespaceOf(at),
    name: `account-${index * LISTED_BY_APPLICATION + at}`,
    status: 'Synced',
    health: { status: 'Healthy' },
  }));
  return {
    path: APPLICATIONS,
    manager: 'argocd-controller',
    body: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: `app-${index}` },
      spec: {
        project: 'default',
        source: { repoURL: 'https://git.example.com/apps', path: `app-${index}` },
        destination: { server: 'https://kubernetes.default.svc', namespace: namespaceOf(index) },
      },
      status: { resources },
    },
  };
}
