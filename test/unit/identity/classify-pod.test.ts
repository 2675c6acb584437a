import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import {
  classifyOwner,
  classifyPod,
  classifyUid,
  parseClaimedPod,
} from '../../../src/identity/classify-pod.ts';
import type { UserInfo } from '../../../src/kubernetes/admission-request.ts';

const claimed = {
  namespace: 'argocd',
  serviceAccount: 'controller',
  serviceAccountUid: 'account-1',
  podName: 'controller-0',
  podUid: 'pod-1',
  nodeName: 'node-a',
};
const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'controller', uid: 'set-1' };
const pod = {
  metadata: {
    uid: 'pod-1',
    ownerReferences: [
      { ...owner, name: 'bystander' },
      { ...owner, controller: true },
    ],
  },
  spec: {
    serviceAccountName: 'controller',
    nodeName: 'node-a',
    initContainers: [{ name: 'migrate', image: 'db:1' }],
    containers: [{ name: 'app', image: 'argocd:3' }],
  },
  status: { phase: 'Running' },
};

describe('classifyPod()', () => {
  it('recognises the pod that a token claims, and says which controller it has', () => {
    assert.deepEqual(classifyPod(claimed, pod), {
      matches: true,
      controller: { ...owner, controller: true },
      images: '[["migrate","db:1"],["app","argocd:3"]]',
      hasEnded: false,
    });
  });

  it('recognises a pod without a controller, a phase or a claimed node', () => {
    const { nodeName: _, ...anywhere } = claimed;
    const bare = { metadata: { uid: 'pod-1' }, spec: { serviceAccountName: 'controller' } };

    assert.deepEqual(classifyPod(anywhere, bare), {
      matches: true,
      controller: undefined,
      images: '[]',
      hasEnded: false,
    });
  });

  const table: readonly (readonly [string, unknown, string])[] = [
    [
      'is another pod of the same name',
      { ...pod, metadata: { uid: 'pod-2' } },
      'it names pod "controller-0" by the uid of another one',
    ],
    [
      'runs under another account',
      { ...pod, spec: { ...pod.spec, serviceAccountName: 'other' } },
      'pod "controller-0" runs under account "other", not under its own',
    ],
    [
      'runs under the default account',
      { ...pod, spec: { nodeName: 'node-a' } },
      'pod "controller-0" runs under account "default", not under its own',
    ],
    [
      'is on another node',
      { ...pod, spec: { ...pod.spec, nodeName: 'node-b' } },
      'pod "controller-0" is not on node "node-a"',
    ],
    [
      'is on no node yet',
      { ...pod, spec: { serviceAccountName: 'controller' } },
      'pod "controller-0" is not on node "node-a"',
    ],
    ['is malformed', { metadata: { uid: 7 } }, 'pod "controller-0" cannot be read'],
  ];
  for (const [what, object, reason] of table) {
    it(`refutes a claim where the pod ${what}`, () => {
      assert.deepEqual(classifyPod(claimed, object), { matches: false, reason });
    });
  }
});

test('classifyPod() says that a pod has ended, by its phase', () => {
  for (const phase of ['Failed', 'Succeeded']) {
    const comparison = classifyPod(claimed, { ...pod, status: { phase } });

    assert.equal(comparison.matches && comparison.hasEnded, true);
  }
});

describe('classifyOwner()', () => {
  it('takes the controller among the owner references', () => {
    assert.deepEqual(classifyOwner(pod), { ...owner, controller: true });
  });

  it('knows none where there is none, or nothing can be read', () => {
    assert.equal(classifyOwner({ metadata: { uid: 'a', ownerReferences: null } }), undefined);
    assert.equal(classifyOwner('text'), undefined);
  });
});

describe('classifyUid()', () => {
  it('tells the object of a uid from any other', () => {
    assert.equal(classifyUid(pod, 'pod-1'), true);
    assert.equal(classifyUid(pod, 'pod-2'), false);
    assert.equal(classifyUid(undefined, 'pod-1'), false);
  });
});

const username = 'system:serviceaccount:argocd:argocd-application-controller';
const extra = {
  'authentication.kubernetes.io/pod-name': ['controller-0'],
  'authentication.kubernetes.io/pod-uid': ['pod-1'],
  'authentication.kubernetes.io/node-name': ['node-a'],
};
const tokenPod = {
  namespace: 'argocd',
  serviceAccount: 'argocd-application-controller',
  serviceAccountUid: 'account-1',
  podName: 'controller-0',
  podUid: 'pod-1',
};

describe('parseClaimedPod()', () => {
  it('reads the pod, the account and the node of a token', () => {
    assert.deepEqual(parseClaimedPod({ username, uid: 'account-1', extra }), {
      ...tokenPod,
      nodeName: 'node-a',
    });
  });

  it('knows no node where the API server names none', () => {
    const { 'authentication.kubernetes.io/node-name': _, ...withoutNode } = extra;

    assert.deepEqual(parseClaimedPod({ username, uid: 'account-1', extra: withoutNode }), tokenPod);
  });

  const nobody: readonly (readonly [string, UserInfo])[] = [
    ['a person', { username: 'alice', uid: 'account-1', extra }],
    ['a user of another system', { username: 'system:node:a:b', uid: 'u', extra }],
    ['a name with a part too many', { username: `${username}:x`, uid: 'u', extra }],
    ['a name without an account', { username: 'system:serviceaccount:argocd:', uid: 'u', extra }],
    ['a name without a namespace', { username: 'system:serviceaccount::a', uid: 'u', extra }],
    ['an account without a uid', { username, extra }],
    ['an account without extra fields', { username, uid: 'u' }],
    [
      'two pods in one token',
      {
        username,
        uid: 'u',
        extra: { ...extra, 'authentication.kubernetes.io/pod-name': ['controller-0', 'other'] },
      },
    ],
    [
      'an empty pod uid',
      { username, uid: 'u', extra: { ...extra, 'authentication.kubernetes.io/pod-uid': [''] } },
    ],
  ];
  for (const [who, userInfo] of nobody) {
    it(`finds no pod for ${who}`, () => {
      assert.equal(parseClaimedPod(userInfo), undefined);
    });
  }
});
