/** The objects under attack: one of each kind that Git declares, what controllers made of them, and what steers GitOps. */
import type { Cluster } from '../cluster/cluster.ts';
import type { ApiObject } from '../cluster/api-client.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';
import { shopObjects, trackingAnnotation } from '../cluster/shop.ts';
import { waitFor } from '../cluster/wait-for.ts';
import { SAMPLE_LABELS, SAMPLE_NAME } from './managed-sample.ts';
import type { ManagedSample } from './managed-sample.ts';
import { MANAGED_SAMPLES, SMALL_RESOURCES } from './managed-samples.ts';
import { collectionPath, nameResource, readServedResources } from './served-resources.ts';
import type { ServedResource } from './served-resources.ts';

/**
 * - `managed`: carries the mark of an application
 * - `child`: a controller made it of an object that carries one
 * - `gitops`: whoever has it, has the writer
 */
export type TargetRole = 'managed' | 'child' | 'gitops';

export interface Target {
  readonly role: TargetRole;
  readonly resource: ServedResource;
  readonly namespace: string;
  readonly name: string;
  /** As it is stored. */
  readonly stored: ApiObject;
  readonly sample: ManagedSample;
}

export const NAMESPACE = 'shop';
/** Kinds that ask and are answered: nothing is stored. */
const QUESTIONS: ReadonlySet<string> = new Set(['authentication.k8s.io', 'authorization.k8s.io']);
/** Neither has a life of its own: a binding is a pod's, and component statuses are read only. */
const NOT_STORED: ReadonlySet<string> = new Set(['bindings', 'componentstatuses']);
const CUSTOM_KIND = 'customresourcedefinitions.apiextensions.k8s.io';

/** Makes everything, before any webhook is registered, and reads it back. */
export async function makeTargets(cluster: Cluster): Promise<readonly Target[]> {
  await cluster.mustKubectl('root', ['apply', '-f', '-'], { input: shopObjects() });
  const first = storable(await readServedResources(cluster));
  await make(cluster, preferred(first));
  await waitFor('the kind of the custom resource is served', async () => {
    return (await cluster.request('root', '/apis/matrix.example.com/v1/lamps')).code === 200;
  });
  const served = storable(await readServedResources(cluster));
  await make(
    cluster,
    preferred(served).filter(({ group }) => group === 'matrix.example.com'),
  );
  await reportResources(cluster);
  return [
    ...(await readTargets(cluster, served)),
    ...(await readChildren(cluster, served)),
    ...(await readGitops(cluster, served)),
  ];
}

/** A pod is resized only where its kubelet has said what each container has. */
async function reportResources(cluster: Cluster): Promise<void> {
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/${SAMPLE_NAME}`;
  await waitFor('the pod runs', async () => {
    return (await cluster.request('root', path)).body.status?.['phase'] === 'Running';
  });
  const answer = await cluster.request('root', `${path}/status`, {
    method: 'PATCH',
    patchType: 'application/strategic-merge-patch+json',
    body: { status: { containerStatuses: [{ name: 'app', resources: SMALL_RESOURCES }] } },
  });
  if (answer.code !== 200) throw new Error(`Cannot report on ${path}: ${answer.body.message}`);
}

/** The object as the writer would create it. */
export function sampleObject(
  { group, version, kind, isNamespaced }: ServedResource,
  sample: ManagedSample,
  name: string,
): object {
  const annotations = trackingAnnotation('checkout', `${group}/${kind}:${NAMESPACE}/${name}`);
  const place = isNamespaced ? { namespace: NAMESPACE } : {};
  const isForged = name === (sample.forgedName ?? 'forged');
  return {
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind,
    metadata: { name, ...place, labels: SAMPLE_LABELS, annotations },
    ...(isForged ? (sample.forgedContent ?? sample.content) : sample.content),
  };
}

function storable(resources: readonly ServedResource[]): readonly ServedResource[] {
  return resources.filter(
    ({ group, resource, verbs }) =>
      !QUESTIONS.has(group) &&
      !(group === '' && NOT_STORED.has(resource)) &&
      (verbs.includes('create') || verbs.includes('patch')),
  );
}

/** Discovery lists the preferred version of a group first. */
function preferred(resources: readonly ServedResource[]): readonly ServedResource[] {
  const seen = new Set<string>();
  return resources.filter((resource) => {
    const name = nameResource(resource);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

function sampleOf(resource: ServedResource): ManagedSample {
  const name = nameResource(resource);
  const sample = MANAGED_SAMPLES.get(name);
  if (sample !== undefined) return sample;
  throw new Error(
    `${name} is served: add a sample of it to test/support/matrix/managed-samples.ts`,
  );
}

async function make(cluster: Cluster, resources: readonly ServedResource[]): Promise<void> {
  const faults: string[] = [];
  // Kinds first: their versions take a moment until they are served.
  const ordered = resources.toSorted(
    (one, other) =>
      Number(nameResource(other) === CUSTOM_KIND) - Number(nameResource(one) === CUSTOM_KIND),
  );
  for (const resource of ordered) {
    const sample = sampleOf(resource);
    const body = sampleObject(resource, sample, sample.name ?? SAMPLE_NAME);
    const path = collectionPath(resource, NAMESPACE);
    const answer = await waitFor(`${path} takes objects`, async () => {
      const made = await cluster.request('root', path, { method: 'POST', body });
      // A kind that was made a moment ago.
      return made.code === 503 ? undefined : made;
    });
    if (answer.code !== 201) {
      faults.push(`${nameResource(resource)}: ${String(answer.code)} ${answer.body.message ?? ''}`);
    }
  }
  if (faults.length > 0) {
    throw new Error(`Samples that the API server refuses:\n${faults.join('\n')}`);
  }
}

async function readTargets(
  cluster: Cluster,
  resources: readonly ServedResource[],
): Promise<readonly Target[]> {
  return Promise.all(
    resources.map((resource) => {
      const sample = sampleOf(resource);
      const name = sample.name ?? SAMPLE_NAME;
      return readTarget(cluster, { role: 'managed', resource, namespace: NAMESPACE, name, sample });
    }),
  );
}

async function readChildren(
  cluster: Cluster,
  resources: readonly ServedResource[],
): Promise<readonly Target[]> {
  const selector = 'labelSelector=app%3Dcheckout';
  return Promise.all(
    ['replicasets', 'pods', 'endpointslices'].map(async (plural) => {
      const resource = findResource(resources, plural);
      const labels =
        plural === 'endpointslices'
          ? 'labelSelector=kubernetes.io%2Fservice-name%3Dcheckout'
          : selector;
      const path = `${collectionPath(resource, NAMESPACE)}?${labels}`;
      const [child] = await waitFor(`the controllers have made ${plural}`, async () => {
        const { items = [] } = (await cluster.request('root', path)).body;
        const settled =
          plural === 'pods' ? items.filter(({ status }) => status?.['phase'] === 'Running') : items;
        return settled.length > 0 ? settled : undefined;
      });
      const name = child?.metadata?.name ?? '';
      const sample = sampleOf(resource);
      return readTarget(cluster, {
        role: 'child',
        resource,
        namespace: NAMESPACE,
        name,
        sample: changeOf(sample, child),
      });
    }),
  );
}

/** The whole list of containers is replaced by a merge patch, so it must be the child's own. */
function changeOf(sample: ManagedSample, child: ApiObject | undefined): ManagedSample {
  const containers: unknown = child?.spec?.['containers'];
  if (!Array.isArray(containers)) return sample;
  const changed = containers.map((container: unknown) => ({
    ...(typeof container === 'object' ? container : {}),
    image: 'registry.local/evil:1',
  }));
  return { ...sample, change: { spec: { containers: changed } } };
}

async function readGitops(
  cluster: Cluster,
  resources: readonly ServedResource[],
): Promise<readonly Target[]> {
  const { namespace, pod, serviceAccount } = ARGOCD;
  const names: readonly (readonly [string, string])[] = [
    ['pods', pod],
    ['serviceaccounts', serviceAccount],
    ['namespaces', namespace],
    ['applications', 'checkout'],
  ];
  return Promise.all(
    names.map(async ([plural, name]) => {
      const resource = findResource(resources, plural);
      const path = `${collectionPath(resource, namespace)}/${name}`;
      const { body } = await cluster.request('root', path);
      const sample = changeOf(sampleOf(resource), body);
      return readTarget(cluster, { role: 'gitops', resource, namespace, name, sample });
    }),
  );
}

function findResource(resources: readonly ServedResource[], plural: string): ServedResource {
  const found = resources.find(({ resource }) => resource === plural);
  if (found === undefined) throw new Error(`The API server does not serve ${plural}`);
  return found;
}

async function readTarget(cluster: Cluster, target: Omit<Target, 'stored'>): Promise<Target> {
  const path = `${collectionPath(target.resource, target.namespace)}/${target.name}`;
  const { code, body } = await cluster.request('root', path);
  if (code !== 200) throw new Error(`${path} is not there: ${String(code)} ${body.message ?? ''}`);
  return { ...target, stored: body };
}
