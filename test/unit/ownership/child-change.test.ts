import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActorFact } from '../../../src/identity/actor.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { KubernetesObject, ObjectMeta } from '../../../src/kubernetes/object.ts';
import {
  couldBeAdopted,
  isClaimedChild,
  isGuardedChild,
  touchesControl,
} from '../../../src/ownership/child-change.ts';

const owner = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'web-1',
  uid: '1',
  controller: true,
};
const labels = { app: 'web', 'pod-template-hash': '1' };
const METADATA: ObjectMeta = { ownerReferences: [owner], labels };
const CHILD: KubernetesObject = { metadata: METADATA, spec: { containers: [{ image: 'web' }] } };

function update(
  object: KubernetesObject | null,
  more: Partial<AdmissionRequest> = {},
): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'shop',
    name: 'web-1-x',
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    oldObject: CHILD,
    object,
    ...more,
  };
}

const withMetadata = (more: ObjectMeta): KubernetesObject => ({
  ...CHILD,
  metadata: { ...METADATA, ...more },
});
const withLabels = (more: Readonly<Record<string, string>>) => withMetadata({ labels: more });
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

const TOUCHING: readonly (readonly [string, KubernetesObject | null])[] = [
  ['another image', { ...CHILD, spec: { containers: [{ image: 'evil' }] } }],
  ['no owner', withMetadata({ ownerReferences: [] })],
  ['another owner', withMetadata({ ownerReferences: [{ ...owner, uid: '2' }] })],
  ['no hash', withLabels({ app: 'web' })],
  ['another hash', withLabels({ ...labels, 'pod-template-hash': '2' })],
  ['another value of a label that was there', withLabels({ ...labels, app: 'other' })],
  ["a Job's label", withLabels({ ...labels, 'batch.kubernetes.io/controller-uid': '1' })],
  ["a StatefulSet's label", withLabels({ ...labels, 'statefulset.kubernetes.io/pod-name': 'a' })],
  ['a deletion cost', withMetadata({ annotations: { [DELETION_COST]: '1' } })],
  ["a Job's finalizer", withMetadata({ finalizers: ['batch.kubernetes.io/job-tracking'] })],
  ['nothing to compare', null],
];

for (const [what, object] of TOUCHING) {
  test(`touchesControl(): ${what}`, () => {
    assert.equal(touchesControl(update(object)), true);
  });
}

const NOTES: readonly (readonly [string, KubernetesObject])[] = [
  ['nothing', CHILD],
  ['a new label', withLabels({ ...labels, team: 'a' })],
  ['an annotation', withMetadata({ annotations: { note: 'x' } })],
  ['a finalizer of another domain', withMetadata({ finalizers: ['kueue.x-k8s.io/managed'] })],
  ['a status', { ...CHILD, status: { phase: 'Running' } }],
];

for (const [what, object] of NOTES) {
  test(`touchesControl() leaves out ${what}`, () => {
    assert.equal(touchesControl(update(object)), false);
  });
}

function actor(username: string, grade: ActorFact['proof']['grade']): ActorFact {
  return { class: 'other', username, groups: [], proof: { grade, sufficient: true, reason: 'x' } };
}

const alice = actor('alice', 'none');
const robot = actor('system:serviceaccount:shop:robot', 'pod-bound');
const minted = actor('system:serviceaccount:shop:robot', 'unbound');

test('isGuardedChild(): a person and a minted token are asked about each change, what runs only where it touches control', () => {
  const note = update(withLabels({ ...labels, team: 'a' }));
  const edit = update({ ...CHILD, spec: {} });

  for (const who of [alice, minted]) {
    assert.equal(isGuardedChild(note, who, CHILD), true);
    assert.equal(isGuardedChild(edit, who, CHILD), true);
  }
  assert.equal(isGuardedChild(note, robot, CHILD), false);
  assert.equal(isGuardedChild(edit, robot, CHILD), true);
});

test('isGuardedChild(): a pod may be deleted, and only what runs reports its status', () => {
  const status = update(CHILD, { subResource: 'status' });

  assert.equal(isGuardedChild(update(null, { operation: 'DELETE' }), alice, CHILD), false);
  assert.equal(isGuardedChild(update(null, { operation: 'CONNECT' }), alice, CHILD), false);
  assert.equal(isGuardedChild(status, alice, CHILD), true);
  assert.equal(isGuardedChild(status, minted, CHILD), true);
  assert.equal(isGuardedChild(status, robot, CHILD), false);
});

test('isGuardedChild(): the status of a ReplicaSet is its controller’s, and a binding its scheduler’s', () => {
  const resource = { group: 'apps', version: 'v1', resource: 'replicasets' };
  const status = update(CHILD, { subResource: 'status', resource });
  const binding = update(null, { operation: 'CREATE', subResource: 'binding' });

  for (const who of [alice, robot]) {
    assert.equal(isGuardedChild(status, who, CHILD), true);
    assert.equal(isGuardedChild(binding, who, CHILD), true);
  }
});

test('isGuardedChild(): a Job is deleted by what runs, and by a person only once he is asked about', () => {
  const resource = { group: 'batch', version: 'v1', resource: 'jobs' };
  const deletion = update(null, { operation: 'DELETE', resource });

  assert.equal(isGuardedChild(deletion, alice, CHILD), true);
  assert.equal(isGuardedChild(deletion, robot, CHILD), false);
});

test('isGuardedChild(): a ReplicaSet of a custom controller is that one’s, one of Kubernetes nobody’s', () => {
  const resource = { group: 'apps', version: 'v1', resource: 'replicasets' };
  const deletion = update(null, { operation: 'DELETE', resource });
  const ofRollout = { metadata: { ownerReferences: [{ ...owner, apiVersion: 'argoproj.io/v1' }] } };

  assert.equal(isGuardedChild(deletion, robot, CHILD), true);
  assert.equal(isGuardedChild(deletion, robot, ofRollout), false);
  assert.equal(isGuardedChild(deletion, robot, { metadata: {} }), false);
  assert.equal(isGuardedChild(deletion, alice, { metadata: {} }), true);
});

test('isClaimedChild(): a person’s word counts for any owner, another’s for controllers of Kubernetes', () => {
  const rollout = { ...owner, apiVersion: 'argoproj.io/v1alpha1' };

  assert.equal(isClaimedChild(rollout, alice), true);
  assert.equal(isClaimedChild(rollout, robot), false);
  for (const apiVersion of ['v1', 'apps/v1', 'batch/v1']) {
    assert.equal(isClaimedChild({ ...owner, apiVersion }, robot), true);
  }
});

test('touchesControl(): an object without metadata has no owner and no label', () => {
  assert.equal(touchesControl(update({ spec: CHILD['spec'] })), true);
  assert.equal(touchesControl(update(CHILD, { oldObject: { spec: CHILD['spec'] } })), true);
  assert.equal(touchesControl(update({}, { oldObject: {} })), false);
});

const ORPHAN: KubernetesObject = { metadata: { labels } };

test('couldBeAdopted(): what nobody controls, where it is new or its labels are', () => {
  const created = { operation: 'CREATE', oldObject: null } as const;
  const plain = { oldObject: { metadata: { labels: { app: 'web' } } } };

  assert.equal(couldBeAdopted(update(ORPHAN, created)), true);
  assert.equal(couldBeAdopted(update(ORPHAN, plain)), true);
  assert.equal(couldBeAdopted(update(ORPHAN)), true, 'its owner was taken off');
  assert.equal(couldBeAdopted(update(ORPHAN, { oldObject: ORPHAN })), false);
  assert.equal(couldBeAdopted(update(CHILD, created)), false);
  assert.equal(couldBeAdopted(update({ metadata: {} }, created)), false);
  assert.equal(couldBeAdopted(update(null, created)), false);
  assert.equal(couldBeAdopted(update(ORPHAN, { operation: 'DELETE' })), false);
  assert.equal(
    couldBeAdopted(update(ORPHAN, { oldObject: null })),
    true,
    'nobody knows what it was',
  );
});
