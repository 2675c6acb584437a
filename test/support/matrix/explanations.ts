/**
 * Why an attempt on what Git declares may pass: one row for a rule, never for a cell. A row that nothing needs fails the test,
 * and what admission cannot see stands in SECURITY.md, too.
 */
import { STATUS_WRITERS } from '../../../src/registration/status-writers.ts';
import { nameResource } from './served-resources.ts';
import type { Identity } from './identities.ts';
import type { ActName } from './plan-acts.ts';
import type { Cell, JudgedCell } from './send-cells.ts';

export interface Explanation {
  readonly rule: string;
  readonly reason: string;
  /** Words of SECURITY.md that tell of it, where it is more than the work of a controller. */
  readonly told?: string;
  readonly explains: (cell: Cell) => boolean;
}

/** The same write by another way: tried by everybody but by each control-plane identity. */
export const NOT_FOR_ALL: ReadonlySet<ActName> = new Set(['update', 'apply', 'delete collection']);

const WRITES: readonly ActName[] = ['update', 'change', 'apply'];
const PODS = ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'];
const INSIDE = new Set([...PODS, 'pods/ephemeralcontainers', 'services/proxy']);
const GROUPS_UNASKED = new Set(['coordination.k8s.io', 'events.k8s.io']);

/** What a row of the platform table does to objects that Git declares: resource, and by which acts. */
const CONTROLLERS: Readonly<Record<string, readonly (readonly [string, readonly ActName[]])[]>> = {
  apiserver: [['ipaddresses.networking.k8s.io', [...WRITES, 'delete', 'delete collection']]],
  'attachdetach-controller': [['volumeattachments.storage.k8s.io', ['delete']]],
  'certificate-controller': [
    ['certificatesigningrequests.certificates.k8s.io/approval', ['subresource']],
    ['certificatesigningrequests.certificates.k8s.io', ['delete']],
  ],
  'cloud-controller-manager': [['nodes', [...WRITES, 'delete']]],
  'cloud-node-controller': [['nodes', [...WRITES, 'delete']]],
  'kube-scheduler': [['pods/binding', ['subresource']]],
  'node-controller': [['nodes', [...WRITES, 'delete']]],
  'persistent-volume-binder': [['persistentvolumeclaims', ['change']]],
};

/** What a controller made itself, it may delete, and give further owners. */
const MAKERS: Readonly<Record<string, readonly string[]>> = {
  'deployment-controller': ['replicasets.apps'],
  'endpointslice-controller': ['endpointslices.discovery.k8s.io'],
  'replicaset-controller': ['pods'],
  'statefulset-controller': ['pods'],
};

const REPORTED: ReadonlySet<string> = new Set([
  'ingresses.networking.k8s.io/status',
  'lamps.matrix.example.com/status',
  'services/status',
]);

/** Its uid and extra fields say that its token is bound to a pod, and nobody looks that pod up. */
function isForgedAccount({ role, name }: Identity): boolean {
  return (role === 'operator' || role === 'stranger') && name.endsWith('(forged)');
}

/** The order is that of SECURITY.md, then that of the platform table. */
export const EXPLANATIONS: readonly Explanation[] = [
  {
    rule: 'admission configuration',
    reason: 'the API server asks no webhook about webhooks and admission policies',
    told: 'changes to webhook configurations and admission policies themselves',
    explains: ({ act }) => act.target.resource.group === 'admissionregistration.k8s.io',
  },
  {
    rule: 'events and leases',
    reason: 'every component writes them all the time, and none of them declares anything',
    told: 'Events and Leases, even where Git declares one',
    explains: ({ act: { target } }) =>
      GROUPS_UNASKED.has(target.resource.group) || nameResource(target.resource) === 'events',
  },
  {
    rule: 'inside running containers',
    reason: 'nothing that is declared changes; into pods of the GitOps controllers nobody gets',
    told: 'inside a running container that Git declares',
    explains: ({ act }) =>
      (INSIDE.has(act.resource) && act.target.role !== 'gitops') ||
      (act.resource === 'nodes/proxy' && act.path.includes('/proxy/run/shop/')),
  },
  {
    rule: 'tokens of ordinary accounts',
    reason:
      'who has the token has the rights of the account, and no account but a writer’s may change what Git declares',
    told: 'a token of an ordinary service account that Git declares',
    explains: ({ act }) => act.resource === 'serviceaccounts/token' && act.target.role !== 'gitops',
  },
  {
    rule: 'pods are replaceable',
    reason:
      'their controller makes another at once: so people restart what runs, and nodes are drained',
    explains: ({ act }) =>
      act.target.role !== 'managed' &&
      ((act.resource === 'pods' && act.what === 'delete') || act.resource === 'pods/eviction'),
  },
  {
    rule: 'status under its controller’s name',
    reason: 'status is what this very controller observes; no policy decides by it',
    told: 'the status of a managed object, written under the name of the very controller that reports it',
    explains: ({ identity, act }) =>
      act.what === 'status' &&
      (STATUS_WRITERS[identity.row ?? ''] ?? []).some(
        (resource) => `${resource}/status` === act.resource,
      ),
  },
  {
    rule: 'the writer, forged to the last field',
    reason:
      'uid, pod and node are those of the controller’s own running pod: nothing in the review differs',
    told: 'extras forged by a cluster-admin who may impersonate `userextras` and a uid',
    explains: ({ identity }) => identity.role === 'writer' && identity.name.endsWith('(forged)'),
  },
  {
    rule: 'the work of a controller',
    reason: 'its row of the platform table names verb, resource, fields and what must be true',
    told: 'the work of a controller, done under its very name by somebody who may impersonate it',
    explains: ({ identity, act }) =>
      (CONTROLLERS[identity.row ?? ''] ?? []).some(
        ([resource, acts]) => resource === act.resource && acts.includes(act.what),
      ),
  },
  {
    rule: 'what a controller made',
    reason: 'it makes and removes children all day; their template is held against their owner’s',
    told: 'a controller deletes or labels what it made',
    explains: ({ identity, act }) =>
      act.target.role !== 'managed' && (MAKERS[identity.row ?? ''] ?? []).includes(act.resource),
  },
  {
    rule: 'a node and its own pods',
    reason: 'the API server’s NodeRestriction holds each node to the pods that are bound to it',
    explains: ({ identity, act }) =>
      identity.role === 'node' &&
      ((act.resource === 'pods' && act.what.startsWith('delete')) ||
        (act.resource === 'pods/status' && act.what === 'status') ||
        (act.resource === 'persistentvolumeclaims/status' && act.what === 'status') ||
        (act.resource === 'nodes/status' && act.what === 'status')),
  },
  {
    rule: 'what reads of a kubelet',
    reason:
      'metrics, lists of pods and logs are read elsewhere, too; what enters a pod is judged by pod',
    told: 'reads of a kubelet through `nodes/proxy`',
    explains: ({ act }) => act.resource === 'nodes/proxy' && act.path.endsWith('/proxy/pods'),
  },
  {
    rule: 'notes on what controllers made',
    reason: 'a label by which nobody selects and an annotation declare nothing',
    told: 'labels and annotations that somebody adds to a pod of a managed object',
    explains: ({ act }) =>
      act.target.role === 'child' &&
      ((act.resource === 'pods' && act.what === 'update') ||
        (act.resource === 'pods/status' && act.what === 'status with metadata')),
  },
  {
    rule: 'notes of what runs',
    reason: 'queues and load balancers hold pods until they are done with them',
    told: "a service account's pod, forged, that annotates, labels or reports",
    explains: ({ identity, act }) =>
      isForgedAccount(identity) &&
      act.target.role === 'child' &&
      act.resource === 'pods' &&
      act.what === 'add finalizer',
  },
  {
    rule: 'reports of what runs',
    reason:
      'controllers of custom kinds, ingresses, load balancers and virtual kubelets report on what Git declares',
    told: 'the status of a custom kind or of a pod, or the address of an Ingress or a Service, by a service account',
    explains: ({ identity, act }) =>
      isForgedAccount(identity) &&
      act.what === 'status' &&
      (REPORTED.has(act.resource) ||
        (act.resource === 'pods/status' && act.target.role === 'child')),
  },
];

/** Attempts that the API server itself does not do, whoever asks. */
export const IMPOSSIBLE: readonly (Pick<Explanation, 'rule' | 'reason'> & {
  readonly explains: (cell: JudgedCell) => boolean;
})[] = [
  {
    rule: 'resizing without resources',
    reason:
      'the node of the tests has no processors to give, and a pod that asks for nothing cannot be resized',
    explains: ({ act, outcome }) => act.resource === 'pods/resize' && outcome.kind !== 'allowed',
  },
  {
    rule: 'status that keeps its metadata',
    reason: 'the kind’s status drops what is changed beside it',
    explains: ({ outcome }) => outcome.kind === 'without effect',
  },
];
