/**
 * What the comparison with the commit adds to a request: from the parsed Application and its verified commit to the fact, with the
 * sources rendered already. An application of a hundred manifests, one object at a time, in one thread.
 */
import { addMs, systemClock } from '../../src/base/clock.ts';
import { systemWait } from '../../src/base/wait.ts';
import { ManifestBinding, type WrittenRequest } from '../../src/compose/bind-manifests.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import type { AdmissionRequest } from '../../src/kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import type { CommitFact } from '../../src/source/commits/commit-fact.ts';
import { headerOf } from '../../src/source/manifest/manifest-header.ts';
import type { Fields } from '../../src/source/manifest/type-schema.ts';
import { createMetrics } from '../../src/telemetry/prometheus-metrics.ts';
import { sampleRequest } from '../support/admission-samples.ts';
import { admittedDeployment, declaredDeployment } from '../support/manifest-samples.ts';
import { describeMachine } from './machine.ts';
import { percentile } from './percentile.ts';
import { formatNumber, formatTable } from './report-format.ts';
import { readApplication } from '../../src/source/read-application.ts';

const MANIFESTS = 100;
const WARM_UP_ROUNDS = 2000;
const DEADLINE_MS = 60_000;
const WANTED_P50_US = 300;
const LARGE_KEYS = 1000;

const REPOSITORY = 'https://git.example.com/platform/shop';
const OBJECT_ID = '0123456789abcdef0123456789abcdef01234567';
const COMMIT: CommitFact = {
  status: 'verified',
  repository: REPOSITORY,
  path: 'prod',
  rule: 'platform',
  signers: [],
  content: {
    objectId: OBJECT_ID,
    author: { name: 'Alice', email: 'alice@example.com' },
    committer: { name: 'Alice', email: 'alice@example.com' },
    committedAt: '2026-01-01T00:00:00.000Z',
    parents: [],
    signOffs: [],
  },
};
const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd' },
  spec: {
    project: 'default',
    source: { repoURL: REPOSITORY, path: 'prod', targetRevision: 'main' },
    destination: { namespace: 'shop' },
  },
  status: {
    sourceType: 'Directory',
    operationState: { phase: 'Running', operation: { sync: { revision: OBJECT_ID } } },
  },
};

interface Case {
  readonly name: string;
  readonly request: AdmissionRequest;
  /** As large as objects usually are. */
  readonly isUsual: boolean;
}

/** Runs so many rounds over each case, and writes the report. */
export async function measureManifests({ rounds }: { readonly rounds: number }): Promise<string> {
  const machine = describeMachine();
  const binding = bindRendered();
  const rows: (readonly string[])[] = [];
  let isReached = true;
  for (const { name, request, isUsual } of planCases()) {
    const values: number[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
      const startedAt = performance.now();
      const fact = await compare(binding, request);
      if (round >= WARM_UP_ROUNDS) values.push((performance.now() - startedAt) * 1000);
      if (fact?.status !== 'equal') throw new Error(`${name}: ${JSON.stringify(fact)}`);
    }
    const sorted = values.toSorted((a, b) => a - b);
    isReached &&= !isUsual || percentile(sorted, 50) < WANTED_P50_US;
    rows.push([name, ...[50, 90, 99].map((of) => formatNumber(percentile(sorted, of), 1))]);
  }
  return [
    '# What the comparison with the commit costs',
    '',
    `An application of ${String(MANIFESTS)} manifests that are rendered already; ${String(rounds)} requests of each kind, one at a time, in one thread: reading the`,
    'parameters of the Application, finding the source, and comparing the object. Microseconds for one request. Written by',
    '`npm run bench -- --manifests`.',
    '',
    formatTable(['object', 'p50', 'p90', 'p99'], rows),
    '',
    `Wanted: a p50 of Deployments below ${String(WANTED_P50_US)} µs. It ${isReached ? 'is' : 'is not'}.`,
    '',
    `${machine.cpuModel}, ${String(machine.cores)} cores, ${formatNumber(machine.memoryMib, 0)} MiB, ${machine.kernel}, Node ${machine.node}; ` +
      `load average before the run ${formatNumber(machine.loadAverage, 2)}.`,
    '',
  ].join('\n');
}

async function compare(binding: ManifestBinding, request: AdmissionRequest) {
  const written: WrittenRequest = {
    read: { tool: 'argocd', application: readApplication(APPLICATION) },
    sources: [
      {
        source: {
          kind: 'commit',
          repository: REPOSITORY,
          tracked: 'main',
          path: 'prod',
          role: 'source',
          hints: [{ claimedObjectId: OBJECT_ID, claimedBy: 'running-operation' }],
        },
        access: { tool: 'argocd', project: 'default' },
      },
    ],
    commits: [COMMIT],
    request,
  };
  return await binding.compare(written, addMs(systemClock.monotonicMs(), DEADLINE_MS));
}

/** A thread that has rendered everything. */
function bindRendered(): ManifestBinding {
  const manifests = listManifests().map((manifest) => ({
    header: headerOf(manifest),
    json: JSON.stringify(manifest),
  }));
  const chars = manifests.reduce((sum, { json }) => sum + json.length, 0);
  const answer = { status: 'rendered', images: [], type: 'Directory', manifests, chars } as const;
  return new ManifestBinding(configurationSchema.parse({}), {
    supervisor: { ask: () => Promise.resolve({ kind: 'manifests', answer }) },
    argocdSettings: () => undefined,
    clock: systemClock,
    wait: systemWait,
    metrics: createMetrics(),
  });
}

function listManifests(): readonly Fields[] {
  const filling = Array.from({ length: MANIFESTS - 2 }, (_, index) => ({
    ...declaredDeployment(),
    metadata: { name: `web-${String(index)}` },
  }));
  return [declaredDeployment(), largeConfigMap(), ...filling];
}

function largeConfigMap(): KubernetesObject {
  const entries = Array.from({ length: LARGE_KEYS }, (_, index) => [
    `key-${String(index)}`,
    'x'.repeat(100),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'large', namespace: 'shop' },
    data: Object.fromEntries(entries),
  };
}

function planCases(): readonly Case[] {
  const create = { ...sampleRequest(), operation: 'CREATE', oldObject: null } as const;
  const deployment = admittedDeployment();
  const before = { ...admittedDeployment(), spec: { ...Object(deployment['spec']), replicas: 2 } };
  return [
    {
      name: 'a Deployment that is created',
      request: { ...create, object: deployment },
      isUsual: true,
    },
    {
      name: 'a Deployment that is changed',
      request: { ...create, operation: 'UPDATE', object: deployment, oldObject: before },
      isUsual: true,
    },
    {
      name: 'a ConfigMap of 1000 keys and 100 KB that is created',
      request: { ...create, object: largeConfigMap() },
      isUsual: false,
    },
  ];
}
