import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClaimLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { describeClaimed, describeClaims } from '../../../src/ownership/describe-claims.ts';

const fact = { managed: false, wasManaged: false, self: false, scope: 'none' } as const;
const applier = { tool: 'argocd', mark: 'managedFields of argocd-controller' } as const;
const claim = { tool: 'argocd', kind: 'Application', namespace: 'argocd', app: 'shop' } as const;
const LISTED: ClaimLookup = { status: 'found', claims: [claim] };
const BY_SHOP = {
  managed: true,
  wasManaged: true,
  tool: 'argocd',
  app: 'shop',
  appNamespace: 'argocd',
  mark: 'inventory of Application',
  self: true,
  confirmed: true,
  scope: 'managed',
};

function describe(answer: ClaimLookup, resource = 'configmaps') {
  const reference = { group: '', version: 'v1', kind: '', resource, name: 'a' };
  return describeClaims(answer, { reference, fact, applier });
}

test('an unmarked object is managed where an inventory lists it, and has lost its mark', () => {
  assert.deepEqual(describe(LISTED), { ...BY_SHOP, self: false });
});

test('a definition never had a mark', () => {
  assert.deepEqual(describe(LISTED, 'customresourcedefinitions'), BY_SHOP);
  assert.deepEqual(describeClaimed(claim), BY_SHOP);
});

test('the name of a field manager makes nobody manage an object', () => {
  assert.deepEqual(describe({ status: 'found', claims: [] }), fact);
});

test('an object that may be in an inventory is managed while nobody can tell', () => {
  const away = { status: 'unavailable', code: 'lookup_failed', reason: 'it is away' } as const;

  assert.deepEqual(describe(away), {
    managed: true,
    wasManaged: true,
    tool: 'argocd',
    mark: 'managedFields of argocd-controller',
    self: false,
    scope: 'managed',
  });
});
