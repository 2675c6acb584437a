/**
 * How much memory the cache of the cluster takes: `node --expose-gc test/bench/watch-memory.ts`.
 *
 * Each object is built as the API server sends it, with managedFields of a usual size, goes through the parser as an event
 * of a watch does, and is then dropped; what remains on the heap is what the cache keeps.
 */
import { cpus } from 'node:os';
import { markKeys } from '../../src/compose/argocd-marks.ts';
import { defaultConfiguration } from '../../src/config/parse-configuration.ts';
import { EntryQuota, ObjectTable } from '../../src/kubernetes/watch/object-table.ts';
import { parseWatchEvent } from '../../src/kubernetes/watch/parse-watch-event.ts';
import { MetadataReducer } from '../../src/kubernetes/watch/reduce-metadata.ts';
import type { CachedObject } from '../../src/kubernetes/watch/reduce-metadata.ts';

const OBJECTS = 10_000;
const NAMESPACES = 50;
const ROUNDS = 5;
const KEYS = markKeys(defaultConfiguration('/').ownership, undefined);

type Maker = (index: number) => object;

const MAKERS: Readonly<Record<string, Maker>> = {
  'managed Deployments (Argo CD tracking id)': (index) => ({
    ...named('deployment', index),
    annotations: {
      'argocd.argoproj.io/tracking-id': `app-${index % 400}:apps/Deployment:${namespace(index)}/deployment-${index}`,
      'kubectl.kubernetes.io/last-applied-configuration': 'x'.repeat(2000),
    },
    managedFields: managers('argocd-controller', 'kube-controller-manager'),
  }),
  'managed Services (Flux labels)': (index) => ({
    ...named('service', index),
    labels: {
      'kustomize.toolkit.fluxcd.io/name': `app-${index % 400}`,
      'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
      'app.kubernetes.io/name': `service-${index}`,
    },
    managedFields: managers('kustomize-controller'),
  }),
  'Pods of ReplicaSets': (index) => ({
    ...named('pod', index),
    labels: { app: `deployment-${index % 3000}`, 'pod-template-hash': '5d4f8c7b6' },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        name: `deployment-${index % 3000}-5d4f8c7b6`,
        uid: uid(index % 3000),
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
    managedFields: managers('kube-controller-manager', 'kubelet'),
  }),
  'plain ConfigMaps': (index) => ({
    ...named('config', index),
    managedFields: managers('kubectl-create'),
  }),
};

function namespace(index: number): string {
  return `namespace-${index % NAMESPACES}`;
}

function uid(index: number): string {
  return `5f0c2b1e-7a1d-4c55-9d6f-${String(index).padStart(12, '0')}`;
}

function named(prefix: string, index: number): object {
  return {
    name: `${prefix}-${index}`,
    namespace: namespace(index),
    uid: uid(index),
    resourceVersion: String(100_000 + index),
    creationTimestamp: '2026-11-21T10:00:00Z',
    generation: 3,
  };
}

function managers(...names: readonly string[]): readonly object[] {
  const fields = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f:k${index}`, {}]));
  return names.map((manager) => ({
    manager,
    operation: 'Update',
    apiVersion: 'apps/v1',
    time: '2026-11-21T10:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': fields },
  }));
}

function heapBytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Run with --expose-gc');
  for (let round = 0; round < 3; round += 1) gc();
  return process.memoryUsage().heapUsed;
}

function fill(make: Maker): ObjectTable<CachedObject> {
  const keeper = new MetadataReducer((key) => KEYS.has(key));
  const table = new ObjectTable<CachedObject>({
    quota: new EntryQuota(OBJECTS),
    reduce: (object) => keeper.keep(object),
  });
  for (let index = 0; index < OBJECTS; index += 1) {
    const event = parseWatchEvent(
      JSON.stringify({ type: 'ADDED', object: { kind: 'X', metadata: make(index) } }),
    );
    if (event.type === 'put') table.put(event.object);
  }
  return table;
}

interface Round {
  readonly bytes: number;
  readonly microseconds: number;
}

function measureOnce(make: Maker): Round {
  const before = heapBytes();
  const startedAtMs = performance.now();
  const table = fill(make);
  const microseconds = ((performance.now() - startedAtMs) * 1000) / OBJECTS;
  const bytes = heapBytes() - before;
  if (table.size !== OBJECTS) throw new Error('Objects are missing');
  return { bytes, microseconds };
}

/** The median of some rounds, in bytes for all objects. */
function measure(make: Maker): Round {
  const rounds = Array.from({ length: ROUNDS }, () => measureOnce(make));
  const [median = { bytes: 0, microseconds: 0 }] = rounds
    .toSorted((a, b) => a.bytes - b.bytes)
    .slice(Math.floor(ROUNDS / 2));
  return median;
}

process.stdout.write(
  `${cpus().length} x ${cpus()[0]?.model ?? 'CPU'}, Node ${process.versions.node}\n`,
);
for (const [title, make] of Object.entries(MAKERS)) {
  const { bytes, microseconds } = measure(make);
  const mebibytes = (bytes / 1024 / 1024).toFixed(2);
  process.stdout.write(
    `${OBJECTS} ${title}: ${mebibytes} MiB (${Math.round(bytes / OBJECTS)} bytes each, ${microseconds.toFixed(0)} µs to take in)\n`,
  );
}
