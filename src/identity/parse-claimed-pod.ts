/**
 * The pod that a service account token says it was made for.
 *
 * Source: kubernetes pkg/serviceaccount/util.go (the extra keys), KEP-4193 (the node of a bound token).
 */
import type { UserInfo } from '../kubernetes/admission-request.ts';

/** What the API server says of a token that is bound to a pod. */
export interface ClaimedPod {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly serviceAccountUid: string;
  readonly podName: string;
  readonly podUid: string;
  /** Absent where the API server is older than 1.30 or the pod had no node. */
  readonly nodeName?: string | undefined;
}

const POD_NAME = 'authentication.kubernetes.io/pod-name';
const POD_UID = 'authentication.kubernetes.io/pod-uid';
const NODE_NAME = 'authentication.kubernetes.io/node-name';

/** `undefined` for whoever is no service account, or shows no pod. */
export function parseClaimedPod({ username, uid, extra = {} }: UserInfo): ClaimedPod | undefined {
  const [system, kind, namespace, serviceAccount, ...rest] = username.split(':');
  if (system !== 'system' || kind !== 'serviceaccount' || rest.length > 0) return undefined;
  const podName = onlyValue(extra[POD_NAME]);
  const podUid = onlyValue(extra[POD_UID]);
  if (!namespace || !serviceAccount || !uid || !podName || !podUid) return undefined;
  const nodeName = onlyValue(extra[NODE_NAME]);
  return {
    namespace,
    serviceAccount,
    serviceAccountUid: uid,
    podName,
    podUid,
    ...(nodeName && { nodeName }),
  };
}

// Two values for one key are nobody's token: the second one is a guess at what we read.
function onlyValue(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}
