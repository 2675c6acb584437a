import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  containingNamespace,
  isNamespaceKind,
} from '../../../src/kubernetes/containing-namespace.ts';

const core = (kind: string) => ({ group: '', version: 'v1', kind });
const foreign = { group: 'tenancy.example.com', version: 'v1', kind: 'Namespace' };

test('an object is in the namespace that its request names', () => {
  assert.equal(containingNamespace({ kind: core('Pod'), namespace: 'shop' }), 'shop');
  assert.equal(containingNamespace({ kind: core('Node') }), undefined);
  assert.equal(containingNamespace({ kind: core('Node'), namespace: '' }), undefined);
});

test('a Namespace is in none, and a kind of another group that is called so may be in one', () => {
  assert.equal(containingNamespace({ kind: core('Namespace'), namespace: 'shop' }), undefined);
  assert.equal(containingNamespace({ kind: foreign, namespace: 'shop' }), 'shop');
  assert.deepEqual([isNamespaceKind(core('Namespace')), isNamespaceKind(foreign)], [true, false]);
});
