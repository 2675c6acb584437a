import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMergedRules, isMergedSubjects } from '../../../../src/source/manifest/merge-rbac.ts';

function rule(verbs: readonly string[], others: object = {}) {
  return { apiGroups: [''], resources: ['pods'], verbs, ...others };
}

test('isMergedRules() grants what the manifest and the stored rules grant, and no more', () => {
  const declared = [rule(['get', 'list'])];
  const stored = [rule(['watch'])];
  assert.ok(
    isMergedRules({ declared, stored, object: [...stored, rule(['get']), rule(['list'])] }),
  );
  assert.ok(
    !isMergedRules({ declared, stored, object: stored }),
    'a rule of the manifest is missing',
  );
  for (const more of [
    rule(['delete']),
    rule(['get'], { resources: ['secrets'] }),
    rule(['get'], { apiGroups: ['*'] }),
    rule(['*']),
    { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    'text',
  ]) {
    assert.ok(!isMergedRules({ declared, stored, object: [...declared, more] }));
  }
});

test('isMergedRules() knows asterisks, names and URLs', () => {
  const all = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  assert.ok(isMergedRules({ declared: [], stored: all, object: [rule(['get'])] }));
  const named = [rule(['get'], { resourceNames: ['a'] })];
  assert.ok(isMergedRules({ declared: named, stored: [], object: named }));
  assert.ok(!isMergedRules({ declared: named, stored: [], object: [rule(['get'])] }));
  const urls = [{ nonResourceURLs: ['/a', '/b'], verbs: ['get'] }];
  assert.ok(isMergedRules({ declared: urls, stored: [], object: urls }));
});

test('isMergedRules() gives up where there are too many combinations', () => {
  const many = Array.from({ length: 200 }, (_, index) => `v${index}`);
  const declared = [rule(many, { resources: many })];
  assert.ok(!isMergedRules({ declared, stored: [], object: declared }));
});

test('isMergedSubjects() takes subjects of the manifest and stored ones', () => {
  const account = { kind: 'ServiceAccount', name: 'a', namespace: 'n' };
  const user = { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' };
  const { apiGroup: _, ...bare } = user;
  assert.ok(isMergedSubjects({ declared: [bare], stored: [account], object: [account, user] }));
  assert.ok(!isMergedSubjects({ declared: [bare], stored: [], object: [account, user] }));
  assert.ok(!isMergedSubjects({ declared: [bare], stored: [account], object: [account] }));
  assert.ok(!isMergedSubjects({ declared: [], stored: [], object: ['text'] }));
});
