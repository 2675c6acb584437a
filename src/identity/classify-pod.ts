/**
 * Whether a pod of the cluster is the one that a token claims.
 *
 * Stops extras that a cluster-admin forges by impersonation (`--as-user-extra`) from a pod that is gone, is another
 * one of the same name, runs under another account, or is not the controller's.
 */
import { z } from 'zod';
import type { UserInfo } from '../kubernetes/admission-request.ts';

/** What must be the same, or why it is not. `reason` is a clause for a person. */
export type PodComparison =
  | {
      readonly matches: true;
      readonly controller?: PodController | undefined;
      /** What its containers run, in one text: two pods with the same one run the same. */
      readonly images: string;
      /** By its phase, which is a status: it refutes a stranger, and never a pod that has proven itself. */
      readonly hasEnded: boolean;
    }
  | { readonly matches: false; readonly reason: string };

/** The controller among an object's owner references. */
export interface PodController {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

const ownerReference = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().nullish(),
});

const owned = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    ownerReferences: z.array(ownerReference).nullish(),
  }),
});

const containers = z
  .array(z.looseObject({ name: z.string(), image: z.string().default('') }))
  .default([]);

const pod = owned.extend({
  spec: z.looseObject({
    containers,
    initContainers: containers,
    serviceAccountName: z.string().default('default'),
    nodeName: z.string().default(''),
  }),
  status: z.looseObject({ phase: z.string().default('') }).nullish(),
});

/** Phases in which no process runs that could use the token. */
const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);

/** Compares a pod, as the API server stores it, with what a token claims. */
export function classifyPod(claimed: ClaimedPod, object: unknown): PodComparison {
  const parsed = pod.safeParse(object);
  if (!parsed.success) return differs(`pod "${claimed.podName}" cannot be read`);
  const { metadata, spec, status } = parsed.data;
  if (metadata.uid !== claimed.podUid) {
    return differs(`it names pod "${claimed.podName}" by the uid of another one`);
  }
  if (spec.serviceAccountName !== claimed.serviceAccount) {
    return differs(
      `pod "${claimed.podName}" runs under account "${spec.serviceAccountName}", not under its own`,
    );
  }
  if (claimed.nodeName !== undefined && spec.nodeName !== claimed.nodeName) {
    return differs(`pod "${claimed.podName}" is not on node "${claimed.nodeName}"`);
  }
  return {
    matches: true,
    controller: controllerOf(metadata.ownerReferences),
    images: formatImages([...spec.initContainers, ...spec.containers]),
    hasEnded: ENDED.has(status?.phase ?? ''),
  };
}

function formatImages(all: z.infer<typeof containers>): string {
  return JSON.stringify(all.map(({ name, image }) => [name, image]));
}

/** The controller of any object, `undefined` where it has none or cannot be read. */
export function classifyOwner(object: unknown): PodController | undefined {
  const parsed = owned.safeParse(object);
  return parsed.success ? controllerOf(parsed.data.metadata.ownerReferences) : undefined;
}

/** Whether an object is stored under this uid. */
export function classifyUid(object: unknown, uid: string): boolean {
  const parsed = owned.safeParse(object);
  return parsed.success && parsed.data.metadata.uid === uid;
}

function controllerOf(
  references: readonly z.infer<typeof ownerReference>[] | null | undefined,
): PodController | undefined {
  return references?.find(({ controller }) => controller === true);
}

function differs(reason: string): PodComparison {
  return { matches: false, reason };
}

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
