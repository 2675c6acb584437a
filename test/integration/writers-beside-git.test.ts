/**
 * Who writes where the traffic of a managed Service goes, who binds its pods, who notes what beside their status, and who
 * counts for quotas and budgets: the built policies decide, with what the cluster holds.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createOfflineDecider, type OfflineDecider } from '../../src/compose/offline.ts';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import type { UserInfo } from '../../src/kubernetes/admission-request.ts';
import { bundleFolder } from '../support/policy-bundles.ts';

const EXTRA = 'authentication.kubernetes.io/';
const GOING = { deletionTimestamp: '2026-11-28T00:00:00Z' };
const SLICES = 'endpointslice-controller.k8s.io';
const MIRROR = 'endpointslicemirroring-controller.k8s.io';

interface Stored {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly [field: string]: unknown;
}

const alice: UserInfo = { username: 'alice', groups: ['system:masters'] };

/** A controller or an agent by a token that is bound to no pod. */
function account(name: string): UserInfo {
  const extra = { [`${EXTRA}credential-id`]: ['JTI=1'] };
  return { username: `system:serviceaccount:kube-system:${name}`, uid: name, extra };
}

function inPod(name: string): UserInfo {
  const bound = { [`${EXTRA}pod-name`]: [`${name}-0`], [`${EXTRA}pod-uid`]: [name] };
  return { ...account(name), extra: { ...account(name).extra, ...bound } };
}

function declared(type: string, name: string, more: object = {}): Stored {
  const [kind = '', apiVersion = 'v1'] = type.split(' ');
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const annotations = {
    'argocd.argoproj.io/tracking-id': `checkout:${group}/${kind}:shop/${name}`,
  };
  const metadata = { name, namespace: 'shop', uid: `${kind}-${name}`, annotations, ...more };
  return { apiVersion, kind, metadata, spec: { selector: { matchLabels: { app: name } } } };
}

function ownedBy({ apiVersion, kind, metadata }: Stored, uid = metadata['uid']) {
  return { ownerReferences: [{ apiVersion, kind, name: metadata.name, uid, controller: true }] };
}

function slice(service: string, manager: string, owners: object = {}): Stored {
  const labels = {
    'kubernetes.io/service-name': service,
    'endpointslice.kubernetes.io/managed-by': manager,
  };
  const metadata = { name: `${service}-1`, namespace: 'shop', uid: 's', labels, ...owners };
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, endpoints: [] };
}

function endpoints(labels: object): Stored {
  const metadata = { name: 'web', namespace: 'shop', uid: 'e', labels };
  return { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets: [] };
}

const web = declared('Service', 'web');
const leaving = declared('Service', 'leaving', {
  ...GOING,
  finalizers: ['foregroundDeletion'],
});
const gone = declared('Service', 'gone');
const deployment = declared('Deployment apps/v1', 'web');
const replicaSet: Stored = {
  ...declared('ReplicaSet apps/v1', 'web-1', ownedBy(deployment)),
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } },
};

function pod(name: string, spec: object = {}): Stored {
  const labels = { app: 'web', 'pod-template-hash': '1' };
  const metadata = { name, namespace: 'shop', uid: name, labels, ...ownedBy(replicaSet) };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec, status: { phase: 'Running' } };
}

const running = pod('web-1-a');
const batched = pod('web-1-b', { schedulerName: 'second' });
const plain = {
  ...replicaSet,
  metadata: { ...replicaSet.metadata, annotations: {} },
};
const annotated = {
  ...running,
  metadata: { ...running.metadata, annotations: { 'cni.example.com/podIP': '192.0.2.1' } },
};
const changed = (state: Stored): Stored => ({ ...state, endpoints: [{}], subsets: [{}] });
const OWN_LABEL = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
const FLUX_LABELS = {
  ...OWN_LABEL,
  'kustomize.toolkit.fluxcd.io/name': 'a',
  'kustomize.toolkit.fluxcd.io/namespace': 'b',
};

let decider: OfflineDecider | undefined;

before(async () => {
  const written = JSON.stringify({ policies: { bundle: await bundleFolder() } });
  const parsed = parseConfiguration(written, { file: 'holdfast.yaml', folder: '/' });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  decider = await createOfflineDecider(parsed.configuration, {
    clusterStateObjects: [namespace, web, leaving, deployment, plain, running, batched],
  });
});
after(() => decider?.close());

interface Write {
  readonly by: UserInfo;
  readonly from?: Stored;
  readonly to?: Stored;
  readonly subResource?: string;
}

const RESOURCES: Readonly<Record<string, string>> = {
  EndpointSlice: 'endpointslices',
  Endpoints: 'endpoints',
  Pod: 'pods',
  PodDisruptionBudget: 'poddisruptionbudgets',
  ReplicaSet: 'replicasets',
  ResourceQuota: 'resourcequotas',
};

/** The codes of a refusal; empty where it is allowed. */
async function decide({ by, from, to, subResource = '' }: Write): Promise<readonly string[]> {
  const state = to ?? from;
  assert.ok(state && decider);
  const [version = '', group = ''] = state.apiVersion.split('/').toReversed();
  const isBinding = subResource === 'binding';
  const request = {
    uid: '1',
    kind: { group, version, kind: isBinding ? 'Binding' : state.kind },
    resource: { group, version, resource: RESOURCES[state.kind] },
    ...(subResource !== '' && { subResource }),
    name: state.metadata.name,
    namespace: 'shop',
    operation: from === undefined ? 'CREATE' : to === undefined ? 'DELETE' : 'UPDATE',
    userInfo: by,
    object: (isBinding ? { target: { kind: 'Node', name: 'worker-1' } } : to) ?? null,
    oldObject: from ?? null,
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const verdict = await decider.decide(Buffer.from(JSON.stringify(review)), 'validate');
  assert.equal(verdict.status, 'decided', JSON.stringify(verdict));
  const { allowed, code } = verdict.decision;
  return allowed ? [] : [code];
}

const controller = account('endpointslice-controller');
const mirroring = account('endpointslicemirroring-controller');
const endpointController = account('endpoint-controller');
const collector = account('generic-garbage-collector');
const own = slice('web', SLICES, ownedBy(web));
const mirrored = slice('web', MIRROR, { ownerReferences: [] });
const ofLeaving = slice('leaving', SLICES, ownedBy(leaving));

const apiServer: UserInfo = { username: 'system:apiserver', groups: ['system:masters'] };
const quota = declared('ResourceQuota', 'limits');
const budget = declared('PodDisruptionBudget policy/v1', 'web');
const counted = (from: Stored) => ({
  from,
  to: { ...from, status: { used: { pods: '3' } } },
  subResource: 'status',
});

const ALLOWED: Readonly<Record<string, Write>> = {
  'the controller makes a slice': { by: controller, to: own },
  'the controller changes its slice': { by: controller, from: own, to: changed(own) },
  'the controller deletes its slice': { by: controller, from: own },
  'Endpoints are mirrored': { by: mirroring, to: mirrored },
  'a mirror follows': { by: mirroring, from: mirrored, to: changed(mirrored) },
  'Endpoints are made': { by: endpointController, to: endpoints(OWN_LABEL) },
  'Endpoints follow': {
    by: endpointController,
    from: endpoints(OWN_LABEL),
    to: changed(endpoints(OWN_LABEL)),
  },
  'Endpoints that bear a copy of Flux’s labels follow': {
    by: endpointController,
    from: endpoints(FLUX_LABELS),
    to: changed(endpoints(FLUX_LABELS)),
  },
  'Endpoints from before an upgrade are taken on': {
    by: endpointController,
    from: endpoints({}),
    to: endpoints(OWN_LABEL),
  },
  'the slice of a Service that is gone is collected': {
    by: collector,
    from: slice('gone', SLICES, ownedBy(gone)),
  },
  'the slice of an earlier Service of the name is collected': {
    by: collector,
    from: slice('web', SLICES, ownedBy(web, 'before')),
  },
  'the slice of a Service that waits for it is collected': { by: collector, from: ofLeaving },
  'the slice of a Service that goes without it is let go': {
    by: collector,
    from: ofLeaving,
    to: slice('leaving', SLICES),
  },
  'Cilium publishes endpoints of other clusters': {
    by: inPod('cilium-operator'),
    to: slice('web', 'endpointslice-mesh-controller.cilium.io'),
  },
  'a person writes a slice of their own': { by: alice, to: slice('own', 'alice') },
  'a network plugin notes an address': {
    by: account('network-plugin'),
    from: running,
    to: annotated,
    subResource: 'status',
  },
  'a virtual kubelet reports': {
    by: inPod('virtual-kubelet'),
    from: running,
    to: { ...running, status: { phase: 'Succeeded' } },
    subResource: 'status',
  },
  'the API server counts for a quota': { by: apiServer, ...counted(quota) },
  'the API server counts for an eviction': { by: apiServer, ...counted(budget) },
  'a second scheduler binds what names it': {
    by: inPod('second'),
    to: batched,
    subResource: 'binding',
  },
};

const REFUSED: Readonly<Record<string, readonly [Write, string]>> = {
  'a person makes a slice': [
    { by: alice, to: slice('web', 'alice') },
    'managed_service_redirected',
  ],
  'a person moves a slice to it': [
    { by: alice, from: slice('own', 'alice'), to: slice('web', 'alice') },
    'managed_service_redirected',
  ],
  'a person deletes its slice': [{ by: alice, from: own }, 'managed_service_redirected'],
  'an account in a pod makes a slice': [
    { by: inPod('somebody'), to: slice('web', SLICES) },
    'managed_service_redirected',
  ],
  'another controller changes its slice': [
    { by: account('job-controller'), from: own, to: changed(own) },
    'endpoints_of_another_controller',
  ],
  'the garbage collector deletes a slice whose Service lives': [
    { by: collector, from: own },
    'endpoints_of_another_controller',
  ],
  'a second scheduler binds what names the default one': [
    { by: inPod('second'), to: running, subResource: 'binding' },
    'managed_child_bound',
  ],
  'a person binds what names a second scheduler': [
    { by: alice, to: batched, subResource: 'binding' },
    'managed_child_bound',
  ],
  'another controller counts for a quota': [
    { by: account('job-controller'), ...counted(quota) },
    'managed_object_changed',
  ],
  'another controller binds a pod': [
    { by: account('job-controller'), to: running, subResource: 'binding' },
    'child_of_another_controller',
  ],
};

describe('what is written beside Git', () => {
  for (const [what, write] of Object.entries(ALLOWED)) {
    it(`is kept: ${what}`, async () => {
      assert.deepEqual(await decide(write), []);
    });
  }

  for (const [what, [write, code]] of Object.entries(REFUSED)) {
    it(`is guarded: ${what}`, async () => {
      assert.deepEqual(await decide(write), [code]);
    });
  }
});
