import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdmissionRequest } from '../../../src/kubernetes/admission-request.ts';
import type { ObjectReference } from '../../../src/kubernetes/object-reference.ts';
import { asksForToken, findTokenPod } from '../../../src/ownership/find-token-pod.ts';

const REFERENCE = { kind: 'Pod', name: 'controller-0', uid: 'pod-1' };
const POD = {
  metadata: { name: 'controller-0', uid: 'pod-1' },
  spec: { nodeName: 'a', serviceAccountName: 'controller' },
};
const AWAY = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;

function request(boundObjectRef: unknown): AdmissionRequest {
  return {
    uid: '1',
    kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
    resource: { group: '', version: 'v1', resource: 'serviceaccounts' },
    subResource: 'token',
    name: 'controller',
    namespace: 'argocd',
    operation: 'CREATE',
    userInfo: { username: 'system:node:a' },
    object: Object.assign({ kind: 'TokenRequest' }, { spec: { boundObjectRef } }),
  };
}

describe('findTokenPod()', () => {
  it('reads the pod now, by its namespace and name', async () => {
    const asked: ObjectReference[] = [];
    const answer = await findTokenPod(request(REFERENCE), (reference) => {
      asked.push(reference);
      return Promise.resolve({ status: 'found', object: POD });
    });
    assert.deepEqual(answer, {
      status: 'known',
      value: { nodeName: 'a', serviceAccountName: 'controller' },
    });
    assert.deepEqual(asked, [
      {
        group: '',
        version: 'v1',
        resource: 'pods',
        kind: 'Pod',
        namespace: 'argocd',
        name: 'controller-0',
      },
    ]);
  });

  it('says that a pod without a node is on none', async () => {
    const object = { metadata: { uid: 'pod-1' }, spec: {} };
    const answer = await findTokenPod(request(REFERENCE), () =>
      Promise.resolve({ status: 'found', object }),
    );
    assert.deepEqual(answer, {
      status: 'known',
      value: { nodeName: '', serviceAccountName: 'default' },
    });
  });

  for (const [what, reference] of [
    ['no pod at all', undefined],
    ['something else', { ...REFERENCE, kind: 'Secret' }],
    ['a pod without its uid', { ...REFERENCE, uid: '' }],
    ['two things', [REFERENCE, REFERENCE]],
  ] as const) {
    it(`finds none where the token is for ${what}`, async () => {
      const answer = await findTokenPod(request(reference), () => assert.fail('nobody is asked'));
      assert.deepEqual(answer, { status: 'known', value: null });
    });
  }

  it('finds none that is gone, has another uid or cannot be read', async () => {
    for (const found of [
      { status: 'absent' },
      { status: 'found', object: { ...POD, metadata: { uid: 'pod-2' } } },
      { status: 'found', object: { metadata: { uid: 'pod-1' } } },
    ] as const) {
      const answer = await findTokenPod(request(REFERENCE), () => Promise.resolve(found));
      assert.deepEqual(answer, { status: 'known', value: null });
    }
  });

  it('says that nobody could tell', async () => {
    const answer = await findTokenPod(request(REFERENCE), () => Promise.resolve(AWAY));
    assert.deepEqual(answer, { status: 'unavailable', reason: 'it is away' });
  });
});

it('asksForToken() knows a token request from everything beside it', () => {
  const token = request(REFERENCE);
  assert.ok(asksForToken(token));
  assert.ok(!asksForToken({ ...token, subResource: '' }));
  assert.ok(!asksForToken({ ...token, operation: 'UPDATE' }));
  assert.ok(!asksForToken({ ...token, resource: { ...token.resource, resource: 'pods' } }));
  assert.ok(!asksForToken({ ...token, resource: { ...token.resource, group: 'example.com' } }));
});
