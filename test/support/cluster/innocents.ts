/**
 * A cluster on which everybody does their own work: whoever is in the right passes, under failure policy Fail and with every
 * policy enforced. A file of such flows ends by reading all decisions, and finds no refusal among them.
 */
import assert from 'node:assert/strict';
import { before } from 'node:test';
import type { ApiAnswer, ApiObject, ApiRequest } from './api-client.ts';
import type { Cluster } from './cluster.ts';
import { describeDecision, readDecisions } from './decisions.ts';
import { addAutoscaler, addServiceAccountUser, installController } from './service-account-user.ts';
import { startShopCluster } from './shop-cluster.ts';
import type { ShopCluster } from './shop-cluster.ts';
import { applyAsArgoCd, trackingAnnotation } from './shop.ts';
import { waitFor } from './wait-for.ts';

export const SHOP = '/api/v1/namespaces/shop';
export const APPS = '/apis/apps/v1/namespaces/shop';
export const BATCH = '/apis/batch/v1/namespaces/shop';
/** The pods of the Deployment `rolling`, which is always there. */
export const ROLLING_PODS = `${SHOP}/pods?labelSelector=app%3Drolling`;
export const STRATEGIC = 'application/strategic-merge-patch+json';

const CLUSTER_KINDS: ReadonlySet<string> = new Set([
  'ClusterRole',
  'CustomResourceDefinition',
  'Namespace',
]);

/** An object without the mark of its application. */
export interface PlainObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

export interface InnocentCluster {
  readonly shop: ShopCluster;
  readonly cluster: Cluster;
  readonly get: (path: string) => Promise<ApiObject>;
  readonly items: (path: string) => Promise<readonly ApiObject[]>;
  /** Pods that a node has taken and runs, without those that are leaving. */
  readonly running: (path: string) => Promise<readonly ApiObject[]>;
  /** As Argo CD writes the objects of the application `checkout`. */
  readonly sync: (...objects: readonly PlainObject[]) => Promise<void>;
  /** A request that must succeed. */
  readonly send: (user: string, path: string, options: ApiRequest) => Promise<ApiAnswer>;
  /** kubectl as the cluster-admin alice, which must succeed. */
  readonly kubectl: (...argv: readonly string[]) => Promise<string>;
}

/** An object of the application `checkout`, with Argo CD's mark. */
export function managed(object: PlainObject): object {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const { name, namespace = 'shop' } = metadata;
  const annotations = trackingAnnotation('checkout', `${group}/${kind}:${namespace}/${name}`);
  const placed = CLUSTER_KINDS.has(kind) ? metadata : { namespace, ...metadata };
  return { ...object, metadata: { ...placed, annotations } };
}

/** A pod template that the test node runs. */
export function podTemplate(app: string, restartPolicy = 'Always'): object {
  return {
    metadata: { labels: { app } },
    spec: {
      restartPolicy,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'app', image: 'registry.local/app:1' }],
    },
  };
}

/** The Deployment `rolling`. */
export function rollingDeployment(replicas: number): PlainObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'rolling' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'rolling' } },
      template: podTemplate('rolling'),
    },
  };
}

let shared: Promise<InnocentCluster> | undefined;

/**
 * Call it inside `describe`; the cluster is there once the tests run. All flows of a process share it, one `describe` after
 * the other, and each begins with three running pods of `rolling`.
 */
export function useInnocentCluster(): () => InnocentCluster {
  let handle: InnocentCluster | undefined;
  before(async () => {
    shared ??= startInnocentCluster();
    handle = await shared;
    await handle.sync(rollingDeployment(3));
    const { running } = handle;
    // A pod that no node has taken yet belongs to nobody: the kubelet of the tests may not touch it.
    await waitFor('three pods run', async () => (await running(ROLLING_PODS)).length === 3);
  });
  return () => {
    if (handle === undefined) throw new Error('The cluster is there only while tests run');
    return handle;
  };
}

async function startInnocentCluster(): Promise<InnocentCluster> {
  const handle = handleOf(await startShopCluster());
  await addControllers(handle);
  return handle;
}

/** Ends the cluster, if one was started: call it after all flows. */
export async function stopInnocentCluster(): Promise<void> {
  await (await shared)?.cluster.stop();
}

/** Fails with the words of every refusal there was. */
export async function assertNobodyRefused({ shop }: InnocentCluster): Promise<void> {
  const decisions = await readDecisions(shop.holdfast.logFile);
  // The probe with which the set-up waits for the webhook is meant to be refused.
  const refused = decisions.filter(({ allowed, object }) => !allowed && object.name !== 'probe');
  assert.deepEqual(refused.map(describeDecision), []);
  assert.ok(decisions.some(({ allowed }) => allowed));
}

function handleOf(shop: ShopCluster): InnocentCluster {
  const { cluster } = shop;
  const get = async (path: string): Promise<ApiObject> =>
    (await cluster.request('root', path)).body;
  const items = async (path: string): Promise<readonly ApiObject[]> =>
    (await get(path)).items ?? [];
  return {
    shop,
    cluster,
    get,
    items,
    running: async (path) => (await items(path)).filter(isRunning),
    sync: (...objects) => applyAsArgoCd(cluster, objects.map(managed)),
    send: async (user, path, options) => {
      const answer = await cluster.request(user, path, options);
      assert.ok(answer.code < 300, `${String(answer.code)} ${answer.body.message ?? ''}`);
      return answer;
    },
    kubectl: (...argv) => cluster.mustKubectl('alice', argv),
  };
}

function isRunning({ metadata, spec, status }: ApiObject): boolean {
  return (
    typeof spec?.['nodeName'] === 'string' &&
    status?.['phase'] === 'Running' &&
    metadata?.deletionTimestamp === undefined
  );
}

/** Cloud and ingress controllers do not run here: their accounts are made by hand, and the ingress controller's pod. */
async function addControllers({ cluster, kubectl }: InnocentCluster): Promise<void> {
  await addAutoscaler(cluster);
  await kubectl('-n', 'kube-system', 'create', 'serviceaccount', 'service-controller');
  const account = { namespace: 'kube-system', serviceAccount: 'service-controller' };
  await addServiceAccountUser(cluster, { name: 'service-controller', ...account });
  const edge = { namespace: 'kube-system', serviceAccount: 'edge', pod: 'edge-0' };
  await installController(cluster, edge);
  await addServiceAccountUser(cluster, { name: 'edge', ...edge });
}
