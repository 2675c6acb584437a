/** What is tried on a target: every verb and every subresource that its kind serves. */
import { collectionPath, nameResource } from './served-resources.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';
import { SAMPLE_NAME } from './managed-sample.ts';
import { NAMESPACE, sampleObject } from './targets.ts';
import type { Target } from './targets.ts';

export interface Act {
  readonly target: Target;
  /** `deployments.apps`, `pods/status`: with the subresource. */
  readonly resource: string;
  readonly what: ActName;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object | undefined;
  readonly contentType: string;
  /** A connection is opened and nothing stored: there is no dry run of it, and no kubelet answers it. */
  readonly isConnection: boolean;
  /** The body is the whole object as it is stored, with a change. */
  readonly isFromStored: boolean;
}

export type ActName =
  | 'create'
  | 'update'
  | 'change'
  | 'apply'
  | 'unmark'
  | 'add owner'
  | 'add finalizer'
  | 'delete'
  | 'delete collection'
  | 'status'
  | 'status with metadata'
  | 'scale'
  | 'subresource';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const JSON_TYPE = 'application/json';
const DEAD_OWNER = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'gone',
  uid: '00000000-0000-4000-8000-000000000000',
};
const UNMARKED = { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': null } } };
const ATTACK_LABEL = { metadata: { labels: { attack: 'matrix' } } };
const CONDITIONS = {
  conditions: [
    {
      type: 'Matrix',
      status: 'True',
      reason: 'Matrix',
      message: 'forged',
      lastTransitionTime: '2025-01-01T00:00:00Z',
    },
  ],
};

/** All acts of all targets. */
export function planActs(targets: readonly Target[]): readonly Act[] {
  return targets.flatMap((target) => [...objectActs(target), ...subresourceActs(target)]);
}

type Draft = Pick<Act, 'what' | 'method'> & Partial<Pick<Act, 'body' | 'path' | 'contentType'>>;

function objectActs(target: Target): readonly Act[] {
  const { resource, sample, stored, role } = target;
  const change = sample.change ?? ATTACK_LABEL;
  const owners: unknown = Reflect.get(stored.metadata ?? {}, 'ownerReferences') ?? [];
  const finalizers: unknown = Reflect.get(stored.metadata ?? {}, 'finalizers') ?? [];
  const drafts: readonly (Draft & { readonly verb: string })[] = [
    ...(role === 'managed' ? markedActs(target) : []),
    { verb: 'update', what: 'update', method: 'PUT', body: merge(stored, ATTACK_LABEL) },
    { verb: 'patch', what: 'change', method: 'PATCH', body: change },
    {
      verb: 'patch',
      what: 'add owner',
      method: 'PATCH',
      body: { metadata: { ownerReferences: [...asList(owners), DEAD_OWNER] } },
    },
    {
      verb: 'patch',
      what: 'add finalizer',
      method: 'PATCH',
      body: { metadata: { finalizers: [...asList(finalizers), 'example.com/stuck'] } },
    },
    { verb: 'delete', what: 'delete', method: 'DELETE' },
  ];
  return drafts
    .filter(({ verb }) => resource.verbs.includes(verb))
    .map((draft) => complete(target, draft));
}

/** What only makes sense where the mark is. */
function markedActs(target: Target): readonly (Draft & { readonly verb: string })[] {
  const { resource, sample, namespace, name } = target;
  const collection = collectionPath(resource, namespace);
  const forged = sampleObject(resource, sample, sample.forgedName ?? 'forged');
  const applied = {
    apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: { name, ...ATTACK_LABEL.metadata },
  };
  return [
    { verb: 'create', what: 'create', method: 'POST', path: collection, body: forged },
    { verb: 'patch', what: 'unmark', method: 'PATCH', body: UNMARKED },
    {
      verb: 'patch',
      what: 'apply',
      method: 'PATCH',
      path: `${collection}/${name}?fieldManager=argocd-controller&force=true`,
      contentType: 'application/apply-patch+yaml',
      body: applied,
    },
    {
      verb: 'deletecollection',
      what: 'delete collection',
      method: 'DELETE',
      path: `${collection}?labelSelector=matrix%3Dmanaged`,
    },
  ];
}

function subresourceActs(target: Target): readonly Act[] {
  return target.resource.subresources.flatMap((subresource) => {
    const plan = SUBRESOURCES[subresource];
    if (plan === undefined) {
      throw new Error(
        `${nameResource(target.resource)}/${subresource} is served: say in test/support/matrix/plan-acts.ts what to try`,
      );
    }
    return plan(target).map((draft) => complete(target, draft, subresource));
  });
}

const SUBRESOURCES: Readonly<Record<string, (target: Target) => readonly Draft[]>> = {
  status: ({ sample, role }) => [
    { what: 'status', method: 'PATCH', body: { status: sample.status ?? CONDITIONS } },
    {
      what: 'status with metadata',
      method: 'PATCH',
      body: role === 'managed' ? UNMARKED : { metadata: { annotations: { attack: 'matrix' } } },
    },
  ],
  scale: () => [{ what: 'scale', method: 'PATCH', body: { spec: { replicas: 9 } } }],
  eviction: ({ name, namespace }) => [
    {
      what: 'subresource',
      method: 'POST',
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
    },
  ],
  binding: ({ name, namespace }) => [
    {
      what: 'subresource',
      method: 'POST',
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace },
        target: { kind: 'Node', name: 'worker-1' },
      },
    },
  ],
  ephemeralcontainers: () => [
    {
      what: 'subresource',
      method: 'PATCH',
      contentType: STRATEGIC,
      body: { spec: { ephemeralContainers: [{ name: 'debug', image: 'registry.local/evil:1' }] } },
    },
  ],
  resize: ({ stored }) => [
    {
      what: 'subresource',
      method: 'PATCH',
      contentType: STRATEGIC,
      body: {
        spec: {
          containers: [
            { name: firstContainer(stored.spec), resources: { requests: { cpu: '20m' } } },
          ],
        },
      },
    },
  ],
  token: () => [
    {
      what: 'subresource',
      method: 'POST',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
  ],
  finalize: ({ stored }) => [
    { what: 'subresource', method: 'PUT', body: { ...stored, spec: { finalizers: [] } } },
  ],
  approval: () => [
    {
      what: 'subresource',
      method: 'PATCH',
      body: {
        status: {
          conditions: [{ type: 'Approved', status: 'True', reason: 'Matrix', message: 'forged' }],
        },
      },
    },
  ],
  exec: () => [{ what: 'subresource', method: 'POST' }],
  attach: () => [{ what: 'subresource', method: 'POST' }],
  portforward: () => [{ what: 'subresource', method: 'POST' }],
  proxy: ({ resource, name }) =>
    resource.resource === 'nodes'
      ? KUBELET_PATHS.map((path) => ({
          what: 'subresource',
          method: 'POST',
          path: `/api/v1/nodes/${name}/proxy${path}`,
        }))
      : [{ what: 'subresource', method: 'POST' }],
  // Read only.
  log: () => [],
};

/** The root, what reads, a way into a pod of somebody, and one into the writer's. */
const KUBELET_PATHS = [
  '',
  '/pods',
  `/run/${NAMESPACE}/${SAMPLE_NAME}/app`,
  `/run/${ARGOCD.namespace}/${ARGOCD.pod}/app`,
];

const CONNECTIONS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy']);

function complete(target: Target, draft: Draft, subresource = ''): Act {
  const { resource, namespace, name } = target;
  const tail = subresource === '' ? '' : `/${subresource}`;
  const path = `${collectionPath(resource, namespace)}/${name}${tail}`;
  return {
    target,
    resource: `${nameResource(resource)}${tail}`,
    path: draft.path ?? (subresource === 'exec' ? `${path}?command=sh&stdout=true` : path),
    contentType: draft.contentType ?? (draft.method === 'PATCH' ? MERGE : JSON_TYPE),
    isConnection: CONNECTIONS.has(subresource),
    isFromStored: draft.method === 'PUT',
    what: draft.what,
    method: draft.method,
    ...(draft.body !== undefined && { body: draft.body }),
  };
}

/** RFC 7386, for what is planned here: no nulls. */
function merge(state: object, change: object): object {
  const merged = new Map(Object.entries<unknown>({ ...state }));
  for (const [key, value] of Object.entries<unknown>({ ...change })) {
    const before = merged.get(key);
    merged.set(key, isRecord(before) && isRecord(value) ? merge(before, value) : value);
  }
  const result: object = Object.fromEntries(merged);
  return result;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asList(value: unknown): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list;
}

function firstContainer(spec: Readonly<Record<string, unknown>> | undefined): unknown {
  const [container] = asList(spec?.['containers']);
  const name: unknown = isRecord(container) ? Reflect.get(container, 'name') : undefined;
  return name;
}
