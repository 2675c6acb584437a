import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyRole } from '../../../../src/drift/intake/classify-role.ts';

const RBAC = 'rbac.authorization.k8s.io';

describe('classifyRole()', () => {
  for (const [what, object] of [
    ['a binding to cluster-admin', { roleRef: { kind: 'ClusterRole', name: 'cluster-admin' } }],
    ['one that does not say what kind of role it means', { roleRef: { name: 'cluster-admin' } }],
    ['the verb bind', { rules: [{ verbs: ['get'] }, { verbs: ['list', 'bind'] }] }],
    ['the verb escalate', { rules: [{ verbs: ['escalate'], resources: ['clusterroles'] }] }],
    ['the verb impersonate', { rules: [{ verbs: ['impersonate'], resources: ['users'] }] }],
    ['everything', { rules: [{ verbs: ['*'], resources: ['*'], apiGroups: ['*'] }] }],
    ['all verbs on roles', { rules: [{ verbs: ['*'], resources: ['roles'], apiGroups: [RBAC] }] }],
  ] as const) {
    it(`takes ${what} for an escalation`, () => {
      assert.equal(classifyRole(object), 'escalating');
    });
  }

  for (const [what, object] of [
    ['nothing', undefined],
    ['a binding to another role', { roleRef: { kind: 'ClusterRole', name: 'view' } }],
    [
      'a binding to a namespaced role of that name',
      { roleRef: { kind: 'Role', name: 'cluster-admin' } },
    ],
    ['a role without rules', { rules: null }],
    ['a rule without verbs', { rules: [{ resources: ['*'], apiGroups: ['*'] }] }],
    ['all verbs on no resources', { rules: [{ verbs: ['*'], nonResourceURLs: ['/metrics'] }] }],
    [
      'all verbs on other resources',
      { rules: [{ verbs: ['*'], resources: ['pods'], apiGroups: ['*'] }] },
    ],
    [
      'all verbs on all resources of another group',
      { rules: [{ verbs: ['*'], resources: ['*'], apiGroups: ['apps'] }] },
    ],
    ['what is no role', { rules: 'all' }],
  ] as const) {
    it(`takes ${what} for none`, () => {
      assert.equal(classifyRole(object), 'other');
    });
  }
});
