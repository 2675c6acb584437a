import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownershipSchema } from '../../../src/ownership/settings.ts';

test('a selector without a criterion is refused: it would select every object', () => {
  const parsed = ownershipSchema.safeParse({ selectors: [{ name: 'a' }] });

  assert.deepEqual(
    parsed.error?.issues.map(({ path, message }) => [path.join('.'), message]),
    [
      [
        'selectors.0',
        'Expected at least one of "groups", "kinds", "namespaces" and "labels": this selects every object',
      ],
    ],
  );
});

test('a selector needs one criterion only', () => {
  for (const criterion of [
    { groups: ['apps'] },
    { kinds: ['Job'] },
    { namespaces: ['shop'] },
    { labels: { a: 'b' } },
  ]) {
    const selector = { name: 'a', ...criterion };
    assert.deepEqual(ownershipSchema.parse({ selectors: [selector] }).selectors, [selector]);
  }
});

test('a sync may be allowed to ask for parts of the operation alone, never for manifests or sources', () => {
  const parts = ['apply', 'force', 'prune', 'retry', 'revision', 'syncOptions'];

  assert.deepEqual(
    ownershipSchema.parse({ argocd: { syncOverrides: parts } }).argocd.syncOverrides,
    parts,
  );
  for (const part of ['manifests', 'source', 'sources', 'revisions']) {
    assert.equal(ownershipSchema.safeParse({ argocd: { syncOverrides: [part] } }).success, false);
  }
});
