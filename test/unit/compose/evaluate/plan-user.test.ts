import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isServiceAccount,
  planUser,
  SHOWN_PROOFS,
  type UserOptions,
} from '../../../../src/compose/evaluate/plan-user.ts';
import { gradeProof } from '../../../../src/identity/grade-proof.ts';

const ACCOUNT = 'system:serviceaccount:argocd:controller';

function userOf(options: Partial<UserOptions>) {
  const planned = planUser({ username: 'alice', groups: [], extra: [], ...options });
  assert.ok(planned.ok);
  return planned.user;
}

describe('planUser()', () => {
  for (const [username, groups] of [
    ['alice', ['system:authenticated']],
    [ACCOUNT, ['system:serviceaccounts', 'system:serviceaccounts:argocd', 'system:authenticated']],
    ['system:serviceaccount', ['system:authenticated']],
    ['system:node:worker-1', ['system:nodes', 'system:authenticated']],
    ['system:admin', ['system:authenticated']],
  ] as const) {
    it(`gives ${username} the groups that authentication gives`, () => {
      assert.deepEqual(userOf({ username }), { username, groups });
    });
  }

  it('adds uid, groups and extra fields, each key in lower case with all of its values', () => {
    const extra = ['canonicalArn=arn:aws:iam::1:role/a', 'sessionName=x=y', 'sessionname=z'];

    assert.deepEqual(userOf({ uid: 'u', groups: ['ops', 'system:authenticated'], extra }), {
      username: 'alice',
      groups: ['system:authenticated', 'ops'],
      uid: 'u',
      extra: { canonicalarn: ['arn:aws:iam::1:role/a'], sessionname: ['x=y', 'z'] },
    });
  });

  for (const proof of SHOWN_PROOFS) {
    it(`shows a credential that is graded ${proof}`, () => {
      assert.equal(gradeProof(userOf({ username: ACCOUNT, proof })).grade, proof);
    });
  }

  it('keeps what is said beside the proof', () => {
    const pod = ['authentication.kubernetes.io/pod-name=controller-0'];

    const { uid, extra } = userOf({ username: ACCOUNT, proof: 'pod-bound', uid: 'u', extra: pod });

    assert.equal(uid, 'u');
    assert.deepEqual(extra?.['authentication.kubernetes.io/pod-name'], ['controller-0']);
  });

  it('refuses an extra field without a value, and the proof of a person', () => {
    assert.deepEqual(planUser({ username: 'alice', groups: [], extra: ['=x'] }), {
      ok: false,
      option: 'as-extra',
      reason: 'Expected KEY=VALUE, found "=x"',
    });
    assert.deepEqual(planUser({ username: 'alice', groups: [], extra: [], proof: 'legacy' }), {
      ok: false,
      option: 'proof',
      reason:
        'Expected a service account (--as system:serviceaccount:NAMESPACE:NAME), found "alice"',
    });
  });
});

describe('isServiceAccount()', () => {
  it('knows an account by its four parts', () => {
    assert.equal(isServiceAccount(ACCOUNT), true);
    assert.equal(isServiceAccount('system:serviceaccount:argocd'), false);
    assert.equal(isServiceAccount('system:serviceaccount:a:b:c'), false);
  });
});
