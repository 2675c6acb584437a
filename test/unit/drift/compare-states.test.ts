/** Both the comparison and whose changes are whose, on objects as the API server stores them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStateComparer } from '../../../src/drift/compare-states.ts';
import { driftSchema } from '../../../src/drift/settings.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../../../src/kubernetes/object.ts';
import { GITOPS_MANAGERS } from '../../../src/ownership/parse-field-owners.ts';
import { ARGOCD_ENTRY, configMap, entryOf, TRACKING_ID } from '../../support/drift-samples.ts';

const { controllers } = driftSchema.parse({});
const LATER = '2026-01-05T09:00:00Z';

const compare = createStateComparer({
  textCharsMax: 120,
  nodesMax: 100_000,
  fieldNodesMax: 100_000,
  instanceLabelKey: () => undefined,
  gitopsManagers: new Set(GITOPS_MANAGERS),
  controllers: new Set(controllers),
});

function drifted(before: KubernetesObject, after: KubernetesObject): readonly string[] {
  return compare(before, after).change.paths.map(({ kind, path }) => `${kind} ${path}`);
}

const marked = ARGOCD_ENTRY.fieldsV1?.['f:metadata'];
/** Argo CD's entry after another manager has taken its key. */
const robbed: ManagedFieldsEntry = { ...ARGOCD_ENTRY, fieldsV1: { 'f:metadata': marked } };
const again: ManagedFieldsEntry = { ...ARGOCD_ENTRY, time: LATER };

function entry(manager: string, keys: readonly string[], more: ManagedFieldsEntry = {}) {
  return entryOf(manager, keys, { time: LATER, ...more });
}

describe('what counts as drift', () => {
  it('a value of Git that somebody changed, with what it was and is', () => {
    const after = configMap(
      { greeting: 'hacked' },
      { entries: [robbed, entry('kubectl-edit', ['greeting'])] },
    );
    assert.deepEqual(compare(configMap(), after), {
      change: {
        semantic: true,
        paths: [
          {
            path: 'data.greeting',
            segments: ['data', 'greeting'],
            kind: 'changed',
            from: 'hello',
            to: 'hacked',
            owner: 'argocd-controller',
            gitOwned: true,
          },
        ],
        protectedKeys: [],
        truncated: false,
      },
      writers: [{ manager: 'kubectl-edit', operation: 'Update', time: LATER }],
      writtenAtMs: new Map([['data.greeting', Date.parse(LATER)]]),
    });
  });

  it('a key that somebody added, which Argo CD calls Synced', () => {
    const entries = [ARGOCD_ENTRY, entry('kubectl-patch', ['extra'])];
    const after = configMap({ greeting: 'hello', extra: '1' }, { entries });
    assert.deepEqual(drifted(configMap(), after), ['added data.extra']);
  });

  it('a key of Git that somebody removed, which leaves no entry', () => {
    assert.deepEqual(drifted(configMap(), configMap({}, { entries: [robbed] })), [
      'removed data.greeting',
    ]);
  });

  it('a mark that was taken off', () => {
    const stripped = { ...ARGOCD_ENTRY, fieldsV1: { 'f:data': { 'f:greeting': {} } } };
    const after = configMap(undefined, {
      entries: [stripped],
      metadata: { annotations: {} },
    });
    const { change } = compare(configMap(), after);
    const path = `metadata.annotations["${TRACKING_ID}"]`;
    assert.deepEqual([change.paths.map((one) => one.path), change.protectedKeys], [[path], [path]]);
  });

  it('an owner, under which the garbage collector deletes the object, also in the name of a controller', () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'dead' }];
    for (const manager of ['kubectl-edit', 'kube-controller-manager']) {
      const fields = { 'f:metadata': { 'f:ownerReferences': { 'k:{"uid":"dead"}': {} } } };
      const after = configMap(undefined, {
        entries: [ARGOCD_ENTRY, entry(manager, [], { fieldsV1: fields })],
        metadata: { ownerReferences },
      });
      assert.deepEqual(drifted(configMap(), after), ['added metadata.ownerReferences[x]']);
    }
  });

  it('managedFields without an entry of the writer: the next change would look like an addition', () => {
    const { change } = compare(configMap(), configMap(undefined, { entries: [] }));
    assert.deepEqual(
      [change.paths.map(({ path }) => path), change.protectedKeys],
      [['metadata.managedFields'], ['metadata.managedFields']],
    );
  });

  it('what a controller changed of Git, beside how many replicas run', () => {
    const after = configMap(
      { greeting: 'hacked' },
      { entries: [robbed, entry('kube-controller-manager', ['greeting'])] },
    );
    assert.deepEqual(drifted(configMap(), after), ['changed data.greeting']);
  });

  it('what a manager did whose name holds that of the writer', () => {
    const entries = [robbed, entry('x, argocd-controller', ['greeting'])];
    const after = configMap({ greeting: 'hacked' }, { entries });
    assert.deepEqual(drifted(configMap(), after), ['changed data.greeting']);
  });

  it('a change of order by somebody who owns none of it', () => {
    const listOf = (...names: string[]) => names.map((name) => ({ name }));
    const fields = { 'f:spec': { 'f:items': { 'k:{"name":"a"}': {}, 'k:{"name":"b"}': {} } } };
    const git: ManagedFieldsEntry = { ...ARGOCD_ENTRY, fieldsV1: fields };
    const before = {
      ...configMap(undefined, { entries: [git] }),
      spec: { items: listOf('a', 'b') },
    };
    const entries = [git, entry('kubectl-edit', [])];
    const after = { ...configMap(undefined, { entries }), spec: { items: listOf('b', 'a') } };
    assert.deepEqual(drifted(before, after), ['changed spec.items']);
  });
});

describe('what counts as none', () => {
  it('nothing: nobody has written', () => {
    assert.deepEqual(compare(configMap(), configMap(undefined, { version: '11' })), {
      change: { semantic: false, paths: [], protectedKeys: [], truncated: false },
      writers: [],
      writtenAtMs: new Map(),
    });
  });

  it("the writer's own change, and its removal of a key", () => {
    assert.deepEqual(drifted(configMap(), configMap({ greeting: 'hi' }, { entries: [again] })), []);
    assert.deepEqual(drifted(configMap(), configMap({}, { entries: [again] })), []);
  });

  it('two writes of the writer within one second', () => {
    assert.deepEqual(drifted(configMap(), configMap({ greeting: 'hi' })), []);
  });

  it('what a mutating webhook adds to a write of the writer', () => {
    const after = configMap({ greeting: 'hi', injected: 'x' }, { entries: [again] });
    assert.deepEqual(drifted(configMap(), after), []);
  });

  it('a default that a newer API server shows, without a write', () => {
    assert.deepEqual(drifted(configMap(), configMap({ greeting: 'hello', defaulted: 'x' })), []);
  });

  it('what a controller adds: an annotation, a finalizer, the authority of a webhook', () => {
    const annotations = {
      [TRACKING_ID]: 'checkout:/ConfigMap:shop/checkout',
      'deployment.kubernetes.io/revision': '1',
    };
    const fields = {
      'f:metadata': {
        'f:annotations': { 'f:deployment.kubernetes.io/revision': {} },
        'f:finalizers': { 'v:"example.com/keep"': {} },
      },
    };
    const after = configMap(undefined, {
      entries: [ARGOCD_ENTRY, entry('kube-controller-manager', [], { fieldsV1: fields })],
      metadata: { annotations, finalizers: ['example.com/keep'] },
    });
    assert.deepEqual(drifted(configMap(), after), []);
    const cainjector = entry('cert-manager-cainjector', ['caBundle']);
    const injected = configMap(
      { greeting: 'hello', caBundle: 'x' },
      { entries: [ARGOCD_ENTRY, cainjector] },
    );
    assert.deepEqual(drifted(configMap(), injected), []);
  });

  it('how many replicas the autoscaler wants, also where Git says a number', () => {
    const deploymentOf = (replicas: number, entries: readonly ManagedFieldsEntry[]) => ({
      ...configMap(undefined, { entries }),
      apiVersion: 'apps/v1',
      spec: { replicas },
    });
    const git = { ...ARGOCD_ENTRY, apiVersion: 'apps/v1' };
    const owning = { ...git, fieldsV1: { 'f:spec': { 'f:replicas': {} } } };
    const scale = entry('kube-controller-manager', [], {
      apiVersion: 'apps/v1',
      subresource: 'scale',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    });
    const before = deploymentOf(2, [owning]);
    assert.deepEqual(drifted(before, deploymentOf(5, [git, scale])), []);
    const kubectl = { ...scale, manager: 'kubectl' };
    assert.deepEqual(drifted(before, deploymentOf(5, [git, kubectl])), ['changed spec.replicas']);
  });

  it('what somebody had added and takes back', () => {
    const added = configMap(
      { greeting: 'hello', extra: '1' },
      { entries: [ARGOCD_ENTRY, entryOf('kubectl-patch', ['extra'])] },
    );
    assert.deepEqual(drifted(added, configMap()), []);
  });
});
