import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActorFact } from '../../../src/identity/actor.ts';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import { isExempt } from '../../../src/ownership/exempt.ts';

const human: ActorFact = {
  class: 'other',
  username: 'alice',
  groups: [],
  proof: { grade: 'none', sufficient: true, reason: 'it is no service account' },
};
const node: ActorFact = { ...human, class: 'node' };
const platform: ActorFact = { ...human, class: 'platform' };
const scheduler: ActorFact = { ...platform, name: 'kube-scheduler' };
const thief: ActorFact = {
  ...human,
  class: 'gitops',
  proof: { ...human.proof, required: 'pod-bound', sufficient: false },
};

function request(resource: string, group = '', more: Partial<AdmissionRequest> = {}) {
  const asked: AdmissionRequest = {
    uid: '1',
    kind: { group, version: 'v1', kind: 'Thing' },
    resource: { group, version: 'v1', resource },
    namespace: 'shop',
    operation: 'UPDATE',
    userInfo: { username: 'alice' },
    ...more,
  };
  return asked;
}

const lease = (namespace: string) => request('leases', 'coordination.k8s.io', { namespace });
const account = (namespace: string): ActorFact => ({
  ...human,
  username: `system:serviceaccount:${namespace}:controller`,
});

const token = { subResource: 'token' };
const binding = { subResource: 'binding' };

const CASES: readonly (readonly [
  why: string,
  request: AdmissionRequest,
  actor: ActorFact,
  exempt: boolean,
])[] = [
  ['an event', request('events'), human, true],
  ['an event of the newer group', request('events', 'events.k8s.io'), human, true],
  ['a lease', request('leases', 'coordination.k8s.io'), human, true],
  ['a lease of a person beside a controller', lease('argocd'), human, false],
  ['a lease of an account of another namespace', lease('argocd'), account('shop'), false],
  ['a lease of an account beside it', lease('argocd'), account('argocd'), true],
  ['an event beside a controller', request('events', '', { namespace: 'argocd' }), human, true],
  ['an access review', request('subjectaccessreviews', 'authorization.k8s.io'), human, true],
  ['events of another group', request('events', 'example.com'), human, false],
  ['an event of an unproven writer', request('events'), thief, false],
  ['a node of its own', request('nodes', '', { subResource: 'status' }), node, true],
  ['a node of a person', request('nodes'), human, false],
  ['a token for a pod on the node', request('serviceaccounts', '', token), node, false],
  ['a token for a person', request('serviceaccounts', '', token), human, false],
  ['a service account of a node', request('serviceaccounts'), node, false],
  ['a pod of a node', request('pods'), node, false],
  ['a binding by the scheduler', request('pods', '', binding), scheduler, true],
  ['a binding by another controller', request('pods', '', binding), platform, false],
  ['a binding by a person', request('pods', '', binding), human, false],
  ['a pod of the platform', request('pods'), platform, false],
  ['nodes of another group', request('nodes', 'metrics.k8s.io'), node, false],
  ['an exempt namespace', request('pods', '', { namespace: 'free' }), human, true],
  ['another namespace', request('pods'), human, false],
  ['no namespace', request('pods', '', { namespace: undefined }), human, false],
  // Its deletion is judged by what it destroys.
  ['the Namespace itself', request('namespaces', '', { namespace: 'free' }), human, false],
];

for (const [why, asked, actor, exempt] of CASES) {
  test(`isExempt() answers ${exempt} for ${why}`, () => {
    const places = {
      exemptNamespaces: new Set(['free']),
      installationNamespaces: new Set(['argocd']),
    };
    assert.equal(isExempt(asked, actor, places), exempt);
  });
}
