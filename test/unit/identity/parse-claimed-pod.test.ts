import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseClaimedPod } from '../../../src/identity/parse-claimed-pod.ts';
import type { UserInfo } from '../../../src/kubernetes/admission-request.ts';

const username = 'system:serviceaccount:argocd:argocd-application-controller';
const extra = {
  'authentication.kubernetes.io/pod-name': ['controller-0'],
  'authentication.kubernetes.io/pod-uid': ['pod-1'],
  'authentication.kubernetes.io/node-name': ['node-a'],
};
const claimed = {
  namespace: 'argocd',
  serviceAccount: 'argocd-application-controller',
  serviceAccountUid: 'account-1',
  podName: 'controller-0',
  podUid: 'pod-1',
};

describe('parseClaimedPod()', () => {
  it('reads the pod, the account and the node of a token', () => {
    assert.deepEqual(parseClaimedPod({ username, uid: 'account-1', extra }), {
      ...claimed,
      nodeName: 'node-a',
    });
  });

  it('knows no node where the API server names none', () => {
    const { 'authentication.kubernetes.io/node-name': _, ...withoutNode } = extra;

    assert.deepEqual(parseClaimedPod({ username, uid: 'account-1', extra: withoutNode }), claimed);
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
