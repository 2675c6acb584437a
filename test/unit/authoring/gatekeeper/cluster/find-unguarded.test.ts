import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findUnguarded } from '../../../../../src/authoring/gatekeeper/cluster/find-unguarded.ts';
import { POLICY_GROUPS } from '../../../../../src/authoring/gatekeeper/cluster/followed-kinds.ts';
import { guardedConfiguration } from '../../../../support/gatekeeper/guarded-configuration.ts';

const SELECTOR = { name: 'gatekeeper', groups: POLICY_GROUPS };
const ACCOUNTS = ['system:serviceaccount:holdfast-system:holdfast-gatekeeper'];

describe('findUnguarded()', () => {
  it('finds nothing where constraints and their kinds are left to Git', () => {
    assert.deepEqual(findUnguarded(guardedConfiguration([SELECTOR], ACCOUNTS)), []);
    const each = POLICY_GROUPS.map((group) => ({ name: 'one', groups: [group] }));
    assert.deepEqual(findUnguarded(guardedConfiguration(each, ACCOUNTS)), []);
  });

  it('names the groups that others may write, also where a selector is about a part of them', () => {
    const narrow = [
      [],
      [{ ...SELECTOR, kinds: ['ConstraintTemplate'] }],
      [{ ...SELECTOR, namespaces: ['gatekeeper-system'] }],
      [{ ...SELECTOR, labels: { team: 'a' } }],
      [{ name: 'all', kinds: ['Config'] }],
    ];
    for (const selectors of narrow) {
      const [first, ...rest] = findUnguarded(guardedConfiguration(selectors, ACCOUNTS));

      assert.match(first ?? '', /groups templates\.gatekeeper\.sh, constraints\.gatekeeper\.sh, /u);
      assert.deepEqual(rest, []);
    }
  });

  it('wants to be told who defines the kinds', () => {
    for (const accounts of [undefined, [], 'one']) {
      const [first, ...rest] = findUnguarded(guardedConfiguration([SELECTOR], accounts));

      assert.match(first ?? '', /gitops_definitions\.parameters\.constraintAccounts names nobody/u);
      assert.deepEqual(rest, []);
    }
  });
});
