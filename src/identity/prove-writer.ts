/**
 * Holds the token of a GitOps writer against the live cluster: the pod it names is there, is that very pod, runs under
 * that account, and belongs to the controller's own workload.
 *
 * The API server checks a real token's pod by itself; what is caught here are extras that were forged by impersonation,
 * and tokens of pods that somebody else made under the controller's account.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import { ExpiringCache } from '../base/expiring-cache.ts';
import type { Known, Unavailable } from '../base/known.ts';
import type { ErrorCode } from '../errors.ts';
import type { UserInfo } from '../kubernetes/admission-request.ts';
import type { ObjectReference } from '../kubernetes/object-reference.ts';
import type { ActorFact } from './actor.ts';
import {
  classifyOwner,
  classifyPod,
  classifyUid,
  type PodController,
  parseClaimedPod,
  type ClaimedPod,
} from './classify-pod.ts';
import type { WriterSettings } from './settings.ts';

/** The workload whose pods are the controller. */
export type WriterWorkload = NonNullable<WriterSettings['workload']>;

export type ProvenActor = Known<ActorFact> | Unavailable<ErrorCode>;

export interface WriterProverOptions {
  /** Where the controllers are installed: their other accounts steer them, and prove themselves in the same way. */
  readonly installationNamespaces: ReadonlySet<string>;
  /** By the writer's name; a writer without a workload is proven by its pod alone. */
  readonly workloads: ReadonlyMap<string, WriterWorkload>;
  /** Whole objects as they are stored now; never from a cache of metadata. */
  readonly lookupFresh: (
    reference: ObjectReference,
    deadlineAtMs: MonotonicMs,
  ) => Promise<
    | { readonly status: 'found'; readonly object: unknown }
    | { readonly status: 'absent' }
    | Unavailable<ErrorCode>
  >;
  readonly clock: Clock;
  /** How long a token that matched is believed without asking again. */
  readonly proofCacheMs: number;
  /** How long it is believed while the cluster does not answer. */
  readonly proofGraceMs: number;
  readonly proofCacheEntriesMax: number;
}

/** At once for whoever claims no pod, with a promise where the cluster must be asked. Never rejects. */
export type WriterProver = (
  userInfo: UserInfo,
  actor: ActorFact,
  deadlineAtMs: MonotonicMs,
) => ProvenActor | Promise<ProvenActor>;

/** What came of holding a claim against the cluster. */
type Check =
  | { readonly status: 'matches'; readonly images: string }
  | { readonly status: 'differs'; readonly reason: string }
  | Unavailable<ErrorCode>;

/**
 * How long a pod that has proven itself is remembered since it last did, in milliseconds. Longer than the pauses of any
 * controller: whoever was forgotten proves itself anew by its workload.
 */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** Builds the prover once from the configuration. */
export function createWriterProver(options: WriterProverOptions): WriterProver {
  const { clock, proofCacheMs, proofGraceMs, proofCacheEntriesMax } = options;
  const provenAtMs = new ExpiringCache<number>({
    lifeMs: Math.max(proofCacheMs, proofGraceMs),
    entriesMax: proofCacheEntriesMax,
  });
  const provenImages = new ExpiringCache<string>({
    lifeMs: REMEMBERED_MS,
    entriesMax: proofCacheEntriesMax,
  });
  const wasProven = (key: string, withinMs: number): boolean => {
    const nowMs = clock.monotonicMs();
    const atMs = provenAtMs.get(key, nowMs);
    return atMs !== undefined && nowMs - atMs < withinMs;
  };
  const mustProve = (actor: ActorFact, { namespace }: ClaimedPod): boolean =>
    actor.class === 'gitops' || options.installationNamespaces.has(namespace);
  return function proveWriter(userInfo, actor, deadlineAtMs) {
    const claimed = actor.proof.grade === 'pod-bound' ? parseClaimedPod(userInfo) : undefined;
    if (claimed === undefined || !mustProve(actor, claimed)) {
      return { status: 'known', value: actor };
    }
    const key = JSON.stringify([actor.name ?? '', claimed]);
    if (wasProven(key, proofCacheMs)) return { status: 'known', value: confirmed(actor) };
    const question = {
      writer: actor.name ?? '',
      deadlineAtMs,
      images: provenImages.get(key, clock.monotonicMs()),
    };
    return checkPod(options, claimed, question).then((check) => {
      // Only what matched is kept: a controller that starts must not be held to an answer from before.
      if (check.status === 'matches') {
        provenAtMs.set(key, clock.monotonicMs(), clock.monotonicMs());
        provenImages.set(key, check.images, clock.monotonicMs());
      }
      // Stops forged extra fields of a pod that is known to be gone from being excused by the next slow answer.
      if (check.status === 'differs') provenAtMs.delete(key);
      // Syncs must not stop because the API server is slow: it has just authenticated this token for the same pod itself,
      // and what could be forged meanwhile is a pod that ran minutes ago.
      const excused = check.status === 'unavailable' && wasProven(key, proofGraceMs);
      return excused ? { status: 'known', value: confirmed(actor) } : conclude(actor, check);
    });
  };
}

function conclude(actor: ActorFact, check: Check): ProvenActor {
  switch (check.status) {
    case 'matches':
      return { status: 'known', value: confirmed(actor) };
    case 'differs':
      return { status: 'known', value: refuted(actor, check.reason) };
    case 'unavailable': {
      const reason = `the pod behind the token of "${actor.username}" could not be looked up: ${check.reason}`;
      return { status: 'unavailable', code: check.code, reason };
    }
  }
}

function confirmed(actor: ActorFact): ActorFact {
  const reason = 'its token is bound to a pod that runs in the cluster';
  return { ...actor, proof: { ...actor.proof, reason } };
}

function refuted(actor: ActorFact, reason: string): ActorFact {
  const { required } = actor.proof;
  // Who is no writer owes no proof; without its grade it is no account of the installation either.
  const sufficient = required === 'none' || required === undefined;
  return { ...actor, proof: { grade: 'none', required, sufficient, reason } };
}

interface WriterCheck {
  readonly writer: string;
  readonly deadlineAtMs: MonotonicMs;
  /** What the pod ran when it proved itself; absent where it never has. */
  readonly images: string | undefined;
}

async function checkPod(
  options: WriterProverOptions,
  claimed: ClaimedPod,
  { writer, deadlineAtMs, images: provenImages }: WriterCheck,
): Promise<Check> {
  const { namespace, serviceAccount, serviceAccountUid, podName } = claimed;
  const find = (reference: ObjectReference) => options.lookupFresh(reference, deadlineAtMs);
  const [pod, account] = await Promise.all([
    find(core('pods', 'Pod', { namespace, name: podName })),
    find(core('serviceaccounts', 'ServiceAccount', { namespace, name: serviceAccount })),
  ]);
  if (account.status === 'unavailable') return account;
  if (account.status === 'absent' || !classifyUid(account.object, serviceAccountUid)) {
    return differs(`account "${serviceAccount}" has another uid`);
  }
  if (pod.status === 'unavailable') return pod;
  if (pod.status === 'absent') return differs(`pod "${podName}" is not there`);
  const comparison = classifyPod(claimed, pod.object);
  if (!comparison.matches) return differs(comparison.reason);
  const { controller, images, hasEnded } = comparison;
  // A pod stays what it is while its uid, account, node and images do. Its owner, labels and phase may be anybody's edit:
  // whoever relabels the controller's pod takes it from its workload, and must not stop every sync with it.
  if (provenImages !== undefined) {
    // Stops whoever puts another program into the pod that holds the token.
    if (images !== provenImages) return differs(`pod "${podName}" runs other images than before`);
    return { status: 'matches', images };
  }
  if (hasEnded) return differs(`pod "${podName}" has ended`);
  const workload = options.workloads.get(writer);
  if (workload === undefined) return { status: 'matches', images };
  const belongs = await belongsTo(find, controller, { workload, namespace });
  if (typeof belongs !== 'boolean') return belongs;
  const owner = `${workload.kind} "${workload.name}"`;
  return belongs
    ? { status: 'matches', images }
    : differs(`pod "${podName}" does not belong to ${owner}`);
}

interface WorkloadCheck {
  readonly workload: WriterWorkload;
  readonly namespace: string;
}

// Stops a pod that somebody makes under the controller's account with an owner reference of his own: the reference must
// name the workload by the uid under which it is stored.
async function belongsTo(
  find: (reference: ObjectReference) => ReturnType<WriterProverOptions['lookupFresh']>,
  controller: PodController | undefined,
  { workload, namespace }: WorkloadCheck,
): Promise<boolean | Unavailable<ErrorCode>> {
  if (controller === undefined) return false;
  let owner: PodController | undefined = controller;
  if (workload.kind === 'Deployment') {
    if (controller.kind !== 'ReplicaSet') return false;
    const replicaSet = await find(
      apps('replicasets', 'ReplicaSet', { namespace, name: controller.name }),
    );
    if (replicaSet.status === 'unavailable') return replicaSet;
    if (replicaSet.status === 'absent' || !classifyUid(replicaSet.object, controller.uid)) {
      return false;
    }
    owner = classifyOwner(replicaSet.object);
  }
  if (owner?.kind !== workload.kind || owner.name !== workload.name) return false;
  const resource = workload.kind === 'Deployment' ? 'deployments' : 'statefulsets';
  const stored = await find(apps(resource, workload.kind, { namespace, name: workload.name }));
  if (stored.status === 'unavailable') return stored;
  return stored.status === 'found' && classifyUid(stored.object, owner.uid);
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

function core(resource: string, kind: string, place: Place): ObjectReference {
  return { group: '', version: 'v1', resource, kind, ...place };
}

function apps(resource: string, kind: string, place: Place): ObjectReference {
  return { group: 'apps', version: 'v1', resource, kind, ...place };
}

function differs(reason: string): Extract<Check, { status: 'differs' }> {
  return { status: 'differs', reason };
}
