/**
 * Requests that ownership never judges, because they keep the cluster alive. They must not wait for
 * a look-up, and guarding them would break the cluster without protecting anything that Git
 * declares.
 */
import type { ActorFact } from '../identity/actor.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';

/** `resource.group` pairs without declared state. */
const EXEMPT_RESOURCES: ReadonlySet<string> = new Set([
  'events.',
  'events.events.k8s.io',
  'leases.coordination.k8s.io',
  'localsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectreviews.authentication.k8s.io',
  'selfsubjectrulesreviews.authorization.k8s.io',
  'subjectaccessreviews.authorization.k8s.io',
  'tokenreviews.authentication.k8s.io',
]);

export interface ExemptPlaces {
  readonly exemptNamespaces: ReadonlySet<string>;
  /** Where the GitOps controllers and Holdfast are installed. */
  readonly installationNamespaces: ReadonlySet<string>;
}

/** Whether the request is of an exempt kind, in an exempt namespace, or a node's or the scheduler's own work. */
export function isExempt(
  request: AdmissionRequest,
  actor: ActorFact,
  { exemptNamespaces, installationNamespaces }: ExemptPlaces,
): boolean {
  const { group, resource } = request.resource;
  // A GitOps account without the required proof is misconfigured or stolen: not even its events are exempt.
  if (actor.class === 'gitops' && !actor.proof.sufficient) return false;
  if (EXEMPT_RESOURCES.has(`${resource}.${group}`)) {
    return !isLeaseOfAnother(request, actor, installationNamespaces);
  }
  if (group === '' && isHeartbeat(resource, request.subResource ?? '', actor)) return true;
  // The Namespace object is not in the namespace: its deletion is judged by what it destroys.
  if (group === '' && resource === 'namespaces') return false;
  return request.namespace !== undefined && exemptNamespaces.has(request.namespace);
}

/** Whoever takes the lease of a controller's leader stops the controller; its own account renews it every few seconds. */
function isLeaseOfAnother(
  { resource: { resource }, namespace = '' }: AdmissionRequest,
  { username }: ActorFact,
  installationNamespaces: ReadonlySet<string>,
): boolean {
  if (resource !== 'leases' || !installationNamespaces.has(namespace)) return false;
  return !username.startsWith(`system:serviceaccount:${namespace}:`);
}

/** Requests without metadata that are so frequent that a look-up for each would cause an outage. */
function isHeartbeat(resource: string, subresource: string, actor: ActorFact): boolean {
  // The NodeRestriction plugin limits a node to itself. Tokens are asked about only where they are those of accounts that
  // steer, and then the pod must be on that node.
  if (actor.class === 'node') return resource === 'nodes';
  // Who else binds pods says where they run, and is judged.
  return actor.name === 'kube-scheduler' && resource === 'pods' && subresource === 'binding';
}
