import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findOwnNamespace } from '../../../src/compose/own-namespace.ts';

it('the namespace is what the environment says; outside of a pod there is none', async () => {
  assert.equal(await findOwnNamespace({ POD_NAMESPACE: 'holdfast-system' }), 'holdfast-system');
  assert.equal(await findOwnNamespace({}), undefined);
});
