/**
 * What a request does to an object that a controller made, or would take for its own.
 *
 * Controllers know their objects by owner references and labels. Whoever edits those can take a pod away from its
 * controller, change it, and give it back: so they are no free notes, whoever writes them.
 */
import { isRecord } from '../base/is-record.ts';
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import type { KubernetesObject, OwnerReference } from '../kubernetes/object.ts';
import { controllerOf } from './owner-references.ts';
import { isSameValue } from './same-value.ts';

const COMPARISON = { nodes: 100_000, depth: 64 };

/** Decides which pods a ReplicaSet deletes first (KEP-2255). */
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
/** Keeps the pods of a Job until they are counted. */
const JOB_FINALIZERS = 'batch.kubernetes.io/';

/** Resources whose objects a controller makes from a template, and are judged by what they were made for. */
export function isChildResource({ resource: { group, resource } }: AdmissionRequest): boolean {
  return CHILD_RESOURCES.has(`${resource}.${group}`);
}

const CHILD_RESOURCES: ReadonlySet<string> = new Set([
  'controllerrevisions.apps',
  'jobs.batch',
  'pods.',
  'replicasets.apps',
]);

/** Resources whose objects are adopted by their labels. A CronJob takes no Job for its own by labels. */
export function isAdoptable({
  resource: { group, resource },
  subResource = '',
}: AdmissionRequest): boolean {
  return subResource === '' && resource !== 'jobs' && CHILD_RESOURCES.has(`${resource}.${group}`);
}

/** Whether the stored child must be known by its root: what nobody may do to it who is not its controller. */
export function isGuardedChild(
  request: AdmissionRequest,
  actor: ActorFact,
  stored: KubernetesObject,
): boolean {
  const { operation, resource, subResource = '' } = request;
  const isHistory = resource.group === 'apps';
  // The node of a pod has its secrets: only schedulers choose it.
  if (subResource === 'binding') return true;
  if (operation !== 'UPDATE' && operation !== 'DELETE') return false;
  // Nobody but the control plane has business with its own ReplicaSets, by whose status Deployments go on; a Rollout's are
  // its own controller's.
  if (isHistory) return isPerson(actor) || isBuiltIn(controllerOf(stored));
  // Readiness gates are reported by service accounts of many kinds.
  if (subResource === 'status') return operation === 'UPDATE' && isPerson(actor);
  // Anyone may delete a pod: its controller makes another.
  if (operation === 'DELETE') return resource.group === 'batch' && isPerson(actor);
  return operation === 'UPDATE' && (isPerson(actor) || touchesControl(request));
}

/** Whether a new object says that a controller of Kubernetes itself made it, or a person says so of any. */
export function isClaimedChild(owner: OwnerReference, actor: ActorFact): boolean {
  return isPerson(actor) || isBuiltIn(owner);
}

/** Also whoever only says that it is a service account, and a token that somebody minted for himself. */
function isPerson({ username, proof }: ActorFact): boolean {
  return !username.startsWith('system:serviceaccount:') || proof.grade !== 'pod-bound';
}

function isBuiltIn(owner: OwnerReference | undefined): boolean {
  if (owner === undefined) return false;
  const { apiVersion } = owner;
  return apiVersion === 'v1' || apiVersion.startsWith('apps/') || apiVersion.startsWith('batch/');
}

/**
 * More than a note on the object: its specification, its owners, a label that was there before or is a controller's own, or
 * what decides about its deletion.
 */
export function touchesControl({ oldObject, object }: AdmissionRequest): boolean {
  if (!oldObject || !object) return true;
  const from = oldObject.metadata ?? {};
  const to = object.metadata ?? {};
  return (
    !isSame(oldObject['spec'], object['spec']) ||
    !isSame(from.ownerReferences, to.ownerReferences) ||
    changedKeys(from.labels, to.labels).some(
      (key) => isControllersLabel(key) || has(from.labels, key),
    ) ||
    textAt(from.annotations, DELETION_COST) !== textAt(to.annotations, DELETION_COST) ||
    !isSame(jobFinalizers(from.finalizers), jobFinalizers(to.finalizers))
  );
}

/** Whether an object could be adopted now by a controller that would not have taken it before. */
export function couldBeAdopted({ operation, oldObject, object }: AdmissionRequest): boolean {
  if (!object || controllerOf(object) !== undefined) return false;
  if (Object.keys(textsOf(object.metadata?.labels)).length === 0) return false;
  if (operation === 'CREATE') return true;
  if (operation !== 'UPDATE') return false;
  const wasChild = oldObject ? controllerOf(oldObject) !== undefined : false;
  const from = oldObject?.metadata?.labels;
  return wasChild || changedKeys(from, object.metadata?.labels).length > 0;
}

const CONTROLLERS_LABELS: ReadonlySet<string> = new Set([
  'apps.kubernetes.io/pod-index',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'pod-template-generation',
  'pod-template-hash',
]);
const CONTROLLERS_PREFIXES = ['batch.kubernetes.io/', 'statefulset.kubernetes.io/'] as const;

/** Labels that the controllers of Kubernetes write, and select by. */
function isControllersLabel(key: string): boolean {
  return (
    CONTROLLERS_LABELS.has(key) || CONTROLLERS_PREFIXES.some((prefix) => key.startsWith(prefix))
  );
}

function changedKeys(from: unknown, to: unknown): readonly string[] {
  const before = textsOf(from);
  const after = textsOf(to);
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => textAt(before, key) !== textAt(after, key));
}

function jobFinalizers(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  return value.filter((name) => typeof name === 'string' && name.startsWith(JOB_FINALIZERS));
}

function isSame(from: unknown, to: unknown): boolean {
  const { nodes, depth: depthLeft } = COMPARISON;
  return isSameValue(from, to, { budget: { nodes }, depthLeft });
}

function has(texts: unknown, key: string): boolean {
  return Object.hasOwn(textsOf(texts), key);
}

function textAt(texts: unknown, key: string): unknown {
  return has(texts, key) ? textsOf(texts)[key] : undefined;
}

function textsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
