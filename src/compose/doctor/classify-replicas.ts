/** Whether Holdfast outlives the loss of one pod or node. */
import type { Finding } from './finding.ts';

export interface ReplicaFacts {
  readonly namespace: string;
  /** Of the pods that carry our labels: whether each is ready, and its node. */
  readonly pods: readonly { readonly isReady: boolean; readonly node: string }[];
}

/** Findings about the number of ready pods and their nodes. */
export function classifyReplicas({ namespace, pods }: ReplicaFacts): readonly Finding[] {
  if (pods.length === 0) {
    return [
      {
        code: 'no_pods',
        status: 'unknown',
        message: `No pod of Holdfast is in namespace "${namespace}": it runs elsewhere, or not at all`,
        remedy: 'Look for pods with the label app.kubernetes.io/name=holdfast',
      },
    ];
  }
  const ready = pods.filter(({ isReady }) => isReady);
  const counted = `${String(ready.length)} of ${String(pods.length)} pods are ready`;
  if (ready.length < 2) {
    return [
      {
        code: 'replicas_few',
        status: ready.length === 0 ? 'failed' : 'warning',
        message: `${counted}: while there is none, requests end as the failure policies say`,
        remedy: 'Run two replicas or more, and look at those that are not ready',
      },
    ];
  }
  const [node = '', ...others] = new Set(ready.map((pod) => pod.node));
  if (others.length > 0) {
    return [{ code: 'replicas_spread', status: 'ok', message: `${counted}, on several nodes` }];
  }
  return [
    {
      code: 'replicas_on_one_node',
      status: 'warning',
      message: `${counted}, all on node "${node}": its loss is an outage`,
      remedy: 'Spread them (topologySpreadConstraints)',
    },
  ];
}
