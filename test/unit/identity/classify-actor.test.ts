import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import type { ActorClass } from '../../../src/identity/actor.ts';
import { createActorClassifier } from '../../../src/identity/classify-actor.ts';
import type { UserInfo } from '../../../src/kubernetes/admission-request.ts';

const username = 'system:serviceaccount:argocd:argocd-application-controller';
const operator = 'system:serviceaccount:cert-manager:cert-manager';
const uid = 'd5a74f06';

const classify = createActorClassifier({
  writers: [{ name: 'argocd', username, proof: 'pod-bound' }],
  operators: [{ name: 'cert-manager', username: operator }],
});

test('createActorClassifier() tells a writer with the proof it owes', () => {
  const extra = {
    'authentication.kubernetes.io/pod-name': ['argocd-application-controller-0'],
    'authentication.kubernetes.io/pod-uid': ['1'],
  };

  assert.deepEqual(classify({ username, uid, groups: ['system:serviceaccounts'], extra }), {
    class: 'gitops',
    username,
    groups: ['system:serviceaccounts'],
    name: 'argocd',
    proof: {
      grade: 'pod-bound',
      required: 'pod-bound',
      sufficient: true,
      reason: 'its token is bound to a pod',
    },
  });
});

test('createActorClassifier() keeps a writer without proof a writer, and says why it is not believed', () => {
  assert.deepEqual(classify({ username, uid }), {
    class: 'gitops',
    username,
    groups: [],
    name: 'argocd',
    proof: {
      grade: 'legacy',
      required: 'pod-bound',
      sufficient: false,
      reason: 'its token is a Secret token that never expires',
    },
  });
});

const CREDENTIAL = 'authentication.kubernetes.io/credential-id';
const CERTIFICATE = `X509SHA256=${'a'.repeat(64)}`;
const JTI = 'JTI=0b5cba2e-9c4c-4f0a-8e0b-0d6f7a1c2b3d';
const sha256 = (text: string) => `sha256:${hash('sha256', text, 'hex')}`;
const manager = 'system:serviceaccount:kube-system:argocd-manager';
const classifyListed = createActorClassifier({
  writers: [
    { name: 'hub', username: manager, proof: 'unbound', credentials: [sha256(JTI)] },
    { name: 'x', username: 'argocd-hub', proof: 'none', credentials: [sha256(CERTIFICATE)] },
  ],
  operators: [],
});

const LISTED: readonly (readonly [what: string, userInfo: UserInfo, reason: string | undefined])[] =
  [
    ['the listed token', { username: manager, uid, extra: { [CREDENTIAL]: [JTI] } }, undefined],
    [
      'another token of the account',
      { username: manager, uid, extra: { [CREDENTIAL]: [`${JTI}0`] } },
      'its credential is not one of those that its entry lists',
    ],
    [
      'the listed one and another',
      { username: manager, uid, extra: { [CREDENTIAL]: [JTI, `${JTI}0`] } },
      'it carries extra fields that no service account token has',
    ],
    [
      'a token of a pod that runs under the account',
      {
        username: manager,
        uid,
        extra: {
          [CREDENTIAL]: [`${JTI}0`],
          'authentication.kubernetes.io/pod-name': ['p'],
          'authentication.kubernetes.io/pod-uid': ['1'],
        },
      },
      'its credential is not one of those that its entry lists',
    ],
    [
      'a token from a Secret',
      { username: manager, uid },
      'its token is a Secret token that never expires',
    ],
    [
      'impersonation with the id, and without a uid',
      { username: manager, extra: { [CREDENTIAL]: [JTI] } },
      'it carries extra fields but no uid, as a forged impersonation does',
    ],
    [
      'the listed certificate',
      { username: 'argocd-hub', extra: { [CREDENTIAL]: [CERTIFICATE] } },
      undefined,
    ],
    [
      'the name without a certificate',
      { username: 'argocd-hub' },
      'it shows no credential id, and only listed ones count',
    ],
  ];

for (const [what, userInfo, reason] of LISTED) {
  test(`createActorClassifier() ${reason === undefined ? 'believes' : 'refuses'} ${what} where credentials are listed`, () => {
    const { proof } = classifyListed(userInfo);
    assert.equal(proof.sufficient, reason === undefined);
    if (reason !== undefined) assert.equal(proof.reason, reason);
    assert.equal(proof.weakness !== undefined, reason === undefined);
  });
}

test('createActorClassifier() asks no proof of those who owe none', () => {
  assert.deepEqual(classify({ username: 'alice', groups: ['system:masters'] }), {
    class: 'other',
    username: 'alice',
    groups: ['system:masters'],
    proof: { grade: 'none', sufficient: true, reason: 'it is no service account' },
  });
});

const controller = (name: string) => `system:serviceaccount:kube-system:${name}`;

const CLASSES: readonly (readonly [
  why: string,
  userInfo: UserInfo,
  expected: ActorClass,
  name?: string,
])[] = [
  [
    'a controller with its own account',
    { username: controller('deployment-controller'), uid },
    'platform',
    'deployment-controller',
  ],
  [
    'all controllers in one',
    { username: 'system:kube-controller-manager' },
    'platform',
    'kube-controller-manager',
  ],
  ['the scheduler', { username: 'system:kube-scheduler' }, 'platform', 'kube-scheduler'],
  ['the API server', { username: 'system:apiserver' }, 'platform', 'apiserver'],
  [
    'the cloud controllers',
    { username: controller('cloud-controller-manager'), uid },
    'platform',
    'cloud-controller-manager',
  ],
  [
    'a controller that somebody impersonates',
    { username: controller('generic-garbage-collector') },
    'other',
  ],
  [
    'a controller that somebody impersonates, with an empty uid',
    { username: controller('generic-garbage-collector'), uid: '' },
    'other',
  ],
  [
    'another account of kube-system',
    { username: controller('argocd-manager'), uid, groups: ['system:serviceaccounts:kube-system'] },
    'other',
  ],
  [
    'a controller name in another namespace',
    { username: 'system:serviceaccount:shop:deployment-controller', uid },
    'other',
  ],
  ['a node', { username: 'system:node:a', groups: ['system:nodes'] }, 'node', 'a'],
  ['a node name without the group', { username: 'system:node:a', groups: [] }, 'other'],
  ['a node name without groups', { username: 'system:node:a' }, 'other'],
  ['a node without a name', { username: 'system:node:', groups: ['system:nodes'] }, 'other'],
  ['the group of nodes alone', { username: 'alice', groups: ['system:nodes'] }, 'other'],
  ['a configured operator', { username: operator, uid }, 'operator', 'cert-manager'],
  [
    'argocd-server, which is a way to edit by hand',
    { username: 'system:serviceaccount:argocd:argocd-server', uid },
    'other',
  ],
  ['a name that is a property of objects', { username: 'constructor' }, 'other'],
];

for (const [why, userInfo, expected, name] of CLASSES) {
  test(`createActorClassifier() puts ${why} into the class ${expected}`, () => {
    const actor = classify(userInfo);

    assert.deepEqual({ class: actor.class, name: actor.name }, { class: expected, name });
  });
}

test('createActorClassifier() says on an accepted weak credential who else may hold it', () => {
  const spoke = 'system:serviceaccount:kube-system:argocd-manager';
  const classifySpoke = createActorClassifier({
    writers: [{ name: 'hub', username: spoke, proof: 'legacy' }],
    operators: [],
  });

  assert.deepEqual(classifySpoke({ username: spoke, uid }).proof, {
    grade: 'legacy',
    required: 'legacy',
    sufficient: true,
    reason: 'its token is a Secret token that never expires',
    weakness:
      'anyone who can read its Secret, on this cluster or on the hub, can write as it, and so can edits in the Argo CD UI',
  });
});

test('createActorClassifier() holds a pinned writer to its cloud identity', () => {
  const extra = { canonicalArn: ['arn:aws:iam::1:role/argocd'] };
  const classifyCloud = createActorClassifier({
    writers: [{ name: 'hub', username: 'argocd-hub', proof: 'pinned', extra }],
    operators: [],
  });

  assert.equal(
    classifyCloud({ username: 'argocd-hub', uid: 'aws:1', extra }).proof.sufficient,
    true,
  );
  assert.equal(classifyCloud({ username: 'argocd-hub', uid: 'aws:1' }).proof.sufficient, false);
});

test('createActorClassifier() takes an operator’s account without a uid for whoever impersonates it', () => {
  assert.equal(classify({ username: operator, uid }).class, 'operator');
  assert.equal(classify({ username: operator }).class, 'other');
});
