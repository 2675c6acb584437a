import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProofGrade } from '../../../src/identity/actor.ts';
import { gradeProof, isSufficientProof } from '../../../src/identity/grade-proof.ts';
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
  const grades: readonly ProofGrade[] = ['pod-bound', 'unbound', 'legacy', 'impersonated', 'none'];
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
    'pod-bound for none',
    'unbound for none',
    'legacy for none',
    'impersonated for none',
    'none for none',
  ]);
});
