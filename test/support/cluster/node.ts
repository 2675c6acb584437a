/**
 * The one node of a test cluster. No kubelet and no scheduler run; this file speaks for both, under their real names,
 * so that the webhook sees what it would see: bindings, pod status, node leases, final deletions.
 */
import type { ApiAnswer, ApiObject } from './api-client.ts';
import type { Cluster } from './cluster.ts';
import { NODE_NAME } from './users.ts';
import { waitFor } from './wait-for.ts';

const TICK_MS = 250;
/** The kubelet's own interval; the node lifecycle controller loses patience after 40 s. */
const LEASE_INTERVAL_MS = 10_000;
const LEASE_PATH = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
/** What the API server writes into a pod that names none. */
const DEFAULT_SCHEDULER = 'default-scheduler';

export interface ClusterNode {
  readonly name: string;
  /** Renews the node's lease once, as the kubelet does. */
  readonly renewLease: () => Promise<ApiAnswer>;
  /** Writes the node's own status, as the kubelet does. */
  readonly reportReady: () => Promise<ApiAnswer>;
  readonly stop: () => Promise<void>;
}

export interface NodeOptions {
  /** Pods that somebody else runs. @default none */
  readonly leaves?: (pod: ApiObject) => boolean;
}

/** Registers the node and from now on binds, runs and removes pods on it. */
export async function startNode(
  cluster: Cluster,
  { leaves = () => false }: NodeOptions = {},
): Promise<ClusterNode> {
  await mustAnswer(
    cluster.request('kubelet', '/api/v1/nodes', { method: 'POST', body: nodeObject() }),
    201,
  );
  const reportReady = (): Promise<ApiAnswer> => patchNodeReady(cluster);
  await mustAnswer(reportReady(), 200);
  await waitFor('the namespace of node leases exists', async () => {
    const answer = await cluster.request('kubelet', LEASE_PATH, {
      method: 'POST',
      body: leaseObject(),
    });
    return answer.code === 201;
  });
  const renewLease = (): Promise<ApiAnswer> =>
    cluster.request('kubelet', `${LEASE_PATH}/${NODE_NAME}`, {
      method: 'PATCH',
      body: { spec: { renewTime: microTime() } },
    });
  const pods = repeat(() => servePods(cluster, leaves), TICK_MS);
  const lease = repeat(renewLease, LEASE_INTERVAL_MS);
  const status = repeat(reportReady, LEASE_INTERVAL_MS);
  const stop = async (): Promise<void> => {
    await Promise.all([pods.stop(), lease.stop(), status.stop()]);
  };
  cluster.onStop(stop);
  return { name: NODE_NAME, renewLease, reportReady, stop };
}

/** One round of what the scheduler and the kubelet do. What is refused now is tried again in the next round. */
async function servePods(cluster: Cluster, leaves: (pod: ApiObject) => boolean): Promise<void> {
  const answer = await cluster.request('root', '/api/v1/pods?resourceVersion=0');
  for (const pod of answer.body.items ?? []) {
    if (!leaves(pod)) await servePod(cluster, pod);
  }
}

async function servePod(cluster: Cluster, pod: ApiObject): Promise<void> {
  const path = `/api/v1/namespaces/${pod.metadata?.namespace}/pods/${pod.metadata?.name}`;
  const nodeName = pod.spec?.['nodeName'];
  const isLeaving = pod.metadata?.deletionTimestamp !== undefined;
  if (nodeName === undefined && !isLeaving) {
    // A pod that names another scheduler is for that one alone.
    if (pod.spec?.['schedulerName'] !== DEFAULT_SCHEDULER) return;
    await cluster.request('scheduler', `${path}/binding`, { method: 'POST', body: bindingOf(pod) });
  } else if (nodeName === NODE_NAME && isLeaving) {
    const body = { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata?.uid } };
    await cluster.request('kubelet', path, { method: 'DELETE', body });
  } else if (nodeName === NODE_NAME && pod.status?.['phase'] === 'Pending') {
    const patchType = 'application/strategic-merge-patch+json';
    await cluster.request('kubelet', `${path}/status`, {
      method: 'PATCH',
      patchType,
      body: endsAtOnce(pod) ? endedStatus(pod) : runningStatus(pod),
    });
  }
}

export function bindingOf(pod: ApiObject): object {
  return {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: pod.metadata?.name, namespace: pod.metadata?.namespace },
    target: { apiVersion: 'v1', kind: 'Node', name: NODE_NAME },
  };
}

/** What runs `true` is done. */
function endsAtOnce(pod: ApiObject): boolean {
  return containersOf(pod).every((container) => {
    const command = fieldOf(container, 'command');
    return Array.isArray(command) && command[0] === 'true';
  });
}

function endedStatus(pod: ApiObject): object {
  const now = new Date().toISOString();
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now };
  const containerStatuses = containersOf(pod).map((container) => ({
    name: fieldOf(container, 'name'),
    image: fieldOf(container, 'image'),
    imageID: fieldOf(container, 'image'),
    ready: false,
    started: false,
    restartCount: 0,
    state: { terminated },
  }));
  return { status: { phase: 'Succeeded', startTime: now, containerStatuses } };
}

function containersOf(pod: ApiObject): readonly unknown[] {
  const containers: unknown = pod.spec?.['containers'];
  return Array.isArray(containers) ? containers : [];
}

export function runningStatus(pod: ApiObject, isReady = true): object {
  const now = new Date().toISOString();
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: isReady || !type.endsWith('Ready') ? 'True' : 'False',
    lastTransitionTime: now,
  }));
  const containerStatuses = containersOf(pod).map((container) => ({
    name: fieldOf(container, 'name'),
    image: fieldOf(container, 'image'),
    imageID: fieldOf(container, 'image'),
    ready: isReady,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: now } },
  }));
  return {
    status: {
      phase: 'Running',
      podIP: '192.0.2.10',
      startTime: now,
      conditions,
      containerStatuses,
    },
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function nodeObject(): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE_NAME, labels: { 'kubernetes.io/hostname': NODE_NAME } },
  };
}

function patchNodeReady(cluster: Cluster): Promise<ApiAnswer> {
  const now = new Date().toISOString();
  const conditions = [
    {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    },
  ];
  return cluster.request('kubelet', `/api/v1/nodes/${NODE_NAME}/status`, {
    method: 'PATCH',
    patchType: 'application/strategic-merge-patch+json',
    body: { status: { conditions } },
  });
}

function leaseObject(): object {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: NODE_NAME, namespace: 'kube-node-lease' },
    spec: { holderIdentity: NODE_NAME, leaseDurationSeconds: 40, renewTime: microTime() },
  };
}

/** Kubernetes' MicroTime wants six digits after the point. */
function microTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

export interface Repetition {
  readonly stop: () => Promise<void>;
}

/** Runs `action` again and again, never twice at once; faults of one round end with that round. */
export function repeat(action: () => Promise<unknown>, intervalMs: number): Repetition {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const round = (): void => {
    running = action()
      .catch(() => undefined)
      .finally(() => {
        if (!stopped) timer = setTimeout(round, intervalMs);
      });
  };
  round();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

async function mustAnswer(pending: Promise<ApiAnswer>, code: number): Promise<ApiAnswer> {
  const answer = await pending;
  if (answer.code !== code) {
    throw new Error(`Wanted ${code}, got ${answer.code}: ${answer.body.message}`);
  }
  return answer;
}
