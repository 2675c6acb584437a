import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProofGrade } from '../../../src/identity/actor.ts';
import {
  describeWeakness,
  gradePinned,
  gradeProof,
  isSufficientProof,
} from '../../../src/identity/grade-proof.ts';
import type { UserInfo } from '../../../src/kubernetes/admission-request.ts';

const username = 'system:serviceaccount:argocd:argocd-application-controller';
const uid = 'd5a74f06';
const podName = 'authentication.kubernetes.io/pod-name';
const podUid = 'authentication.kubernetes.io/pod-uid';
const credentialId = 'authentication.kubernetes.io/credential-id';

const GRADES: readonly (readonly [name: string, userInfo: UserInfo, grade: ProofGrade])[] = [
  [
    'a projected token of a pod',
    { username, uid, extra: { [podName]: ['c-0'], [podUid]: ['1'], [credentialId]: ['JTI=1'] } },
    'pod-bound',
  ],
  ['a minted token', { username, uid, extra: { [credentialId]: ['JTI=1'] } }, 'unbound'],
  ['a Secret token', { username, uid }, 'legacy'],
  ['a Secret token with empty extra', { username, uid, extra: {} }, 'legacy'],
  ['kubectl --as', { username }, 'impersonated'],
  ['kubectl --as, with empty fields', { username, uid: '', extra: {} }, 'impersonated'],
  [
    'kubectl --as --as-user-extra: a forged pod without a uid',
    { username, extra: { [podName]: ['c-0'], [podUid]: ['1'] } },
    'none',
  ],
  ['extra that no token has', { username, uid, extra: { scopes: ['a'] } }, 'none'],
  [
    'a pod name without a pod uid',
    { username, uid, extra: { [podName]: ['c-0'], [credentialId]: ['JTI=1'] } },
    'unbound',
  ],
  [
    'two pod names: one of them was added',
    { username, uid, extra: { [podName]: ['c-0', 'c-1'], [podUid]: ['1'] } },
    'none',
  ],
  ['an empty pod uid', { username, uid, extra: { [podName]: ['c-0'], [podUid]: [''] } }, 'none'],
  ['a certificate', { username: 'alice', uid: 'x' }, 'none'],
  ['a name that only resembles one', { username: 'system:serviceaccounts' }, 'none'],
];

for (const [name, userInfo, grade] of GRADES) {
  test(`gradeProof() grades ${name} as ${grade}`, () => {
    assert.equal(gradeProof(userInfo).grade, grade);
  });
}

test('gradeProof() gives a reason that ends a sentence', () => {
  assert.deepEqual(gradeProof({ username, uid, extra: { [credentialId]: ['JTI=1'] } }), {
    grade: 'unbound',
    reason: 'its token is not bound to a pod',
  });
});

test('isSufficientProof() holds exactly for these pairs', () => {
  const grades: readonly ProofGrade[] = [
    'pod-bound',
    'unbound',
    'legacy',
    'impersonated',
    'pinned',
    'none',
  ];
  const sufficient = grades.flatMap((required) =>
    grades
      .filter((grade) => isSufficientProof(grade, required))
      .map((grade) => `${grade} for ${required}`),
  );

  assert.deepEqual(sufficient, [
    'pod-bound for pod-bound',
    'pod-bound for unbound',
    'unbound for unbound',
    'pod-bound for legacy',
    'unbound for legacy',
    'legacy for legacy',
    // A token of an impersonated account is not what its impersonator shows.
    'impersonated for impersonated',
    'pinned for pinned',
    'pod-bound for none',
    'unbound for none',
    'legacy for none',
    'impersonated for none',
    'pinned for none',
    'none for none',
  ]);
});

const pinned = { canonicalArn: ['arn:aws:iam::1:role/argocd'], sessionName: ['hub'] };

test('gradePinned() accepts a user whose pinned fields are exactly the configured ones', () => {
  const extra = { ...pinned, accessKeyId: ['any'] };

  assert.deepEqual(gradePinned({ username: 'argocd', uid: 'aws:1', extra }, pinned), {
    grade: 'pinned',
    reason: 'its cloud identity is the configured one',
  });
});

const STRANGERS: readonly (readonly [string, UserInfo, string])[] = [
  [
    'another role',
    { username: 'argocd', uid: 'aws:1', extra: { ...pinned, canonicalArn: ['arn:other'] } },
    'its extra field "canonicalArn" is not the configured one',
  ],
  [
    'a second value beside the right one',
    { username: 'argocd', uid: 'aws:1', extra: { ...pinned, sessionName: ['hub', 'x'] } },
    'its extra field "sessionName" is not the configured one',
  ],
  [
    'no extra at all',
    { username: 'argocd', uid: 'aws:1' },
    'its extra field "canonicalArn" is not the configured one',
  ],
  [
    'an impersonated user with copied fields',
    { username: 'argocd', extra: pinned },
    'it carries no uid, as an impersonated user does',
  ],
  [
    'an impersonated user with an empty uid',
    { username: 'argocd', uid: '', extra: pinned },
    'it carries no uid, as an impersonated user does',
  ],
];
for (const [who, userInfo, reason] of STRANGERS) {
  test(`gradePinned() does not believe ${who}`, () => {
    assert.deepEqual(gradePinned(userInfo, pinned), { grade: 'none', reason });
  });
}

test('describeWeakness() says of every weak credential who else may hold it', () => {
  const grades: readonly ProofGrade[] = [
    'pinned',
    'pod-bound',
    'unbound',
    'legacy',
    'impersonated',
    'none',
  ];

  assert.deepEqual(
    grades.map((grade) => describeWeakness(grade, { isListed: false })),
    [
      undefined,
      undefined,
      'anyone who may request a token of this account can write as it',
      'anyone who can read its Secret, on this cluster or on the hub, can write as it, and so can edits in the Argo CD UI',
      'anyone who may impersonate this account can write as it',
      'anyone with this user name can write as it',
    ],
  );
  assert.equal(
    describeWeakness('unbound', { isListed: true }),
    'anyone who holds this very token or key, on the hub too, can write as it, and so can edits in the Argo CD UI',
  );
});
