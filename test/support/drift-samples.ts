/** A managed ConfigMap and Deployment as the API server stores them, with the entries of those who wrote them. */
import type { KubernetesObject, ManagedFieldsEntry } from '../../src/kubernetes/object.ts';
import type { ServedResource } from '../../src/kubernetes/watch/parse-discovery.ts';
import type { ObjectReference } from '../../src/kubernetes/object-reference.ts';
import type { DriftFinding } from '../../src/drift/drift-finding.ts';

export const CONFIG_MAPS: ServedResource = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

export const CONFIG_MAP: ObjectReference = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespace: 'shop',
  name: 'checkout',
};

export const CONFIG_MAP_KEY = '/configmaps/shop/checkout';

export const TRACKING_ID = 'argocd.argoproj.io/tracking-id';

/** An entry whose fields are the given data keys, or whatever `fields` says. */
export function entryOf(
  manager: string,
  keys: readonly string[],
  more: ManagedFieldsEntry = {},
): ManagedFieldsEntry {
  const data = Object.fromEntries(keys.map((key) => [`f:${key}`, {}]));
  return {
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-01-05T08:00:00Z',
    fieldsV1: keys.length === 0 ? {} : { 'f:data': data },
    ...more,
  };
}

/** What Argo CD wrote: the mark and one key. */
export const ARGOCD_ENTRY = entryOf('argocd-controller', [], {
  operation: 'Apply',
  fieldsV1: {
    'f:metadata': { 'f:annotations': { [`f:${TRACKING_ID}`]: {} } },
    'f:data': { 'f:greeting': {} },
  },
});

/** As stored, with this data, and these entries beside Argo CD's. */
export function configMap(
  data: Readonly<Record<string, string>> = { greeting: 'hello' },
  {
    version = '10',
    entries = [ARGOCD_ENTRY],
    metadata = {},
  }: {
    readonly version?: string;
    readonly entries?: readonly ManagedFieldsEntry[];
    readonly metadata?: KubernetesObject['metadata'];
  } = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'checkout',
      namespace: 'shop',
      uid: 'uid-1',
      resourceVersion: version,
      annotations: { [TRACKING_ID]: 'checkout:/ConfigMap:shop/checkout' },
      managedFields: entries,
      ...metadata,
    },
    data,
  };
}

/** A change of one value. */
export function sampleFinding(overrides: Partial<DriftFinding> = {}): DriftFinding {
  return {
    what: 'changed',
    writers: [{ manager: 'kubectl-edit', operation: 'Update', time: '2026-01-05T09:00:00Z' }],
    object: CONFIG_MAP,
    uid: 'uid-1',
    managedBy: { tool: 'argocd', app: 'checkout' },
    change: {
      semantic: true,
      paths: [
        {
          path: 'data.greeting',
          segments: ['data', 'greeting'],
          kind: 'changed',
          from: 'hello',
          to: 'hacked',
          gitOwned: true,
        },
      ],
      protectedKeys: [],
      truncated: false,
    },
    ...overrides,
  };
}
