import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applicationOf, referenceOf } from '../../../src/compose/application-name.ts';
import { applicationReference } from '../../../src/kubernetes/object-reference.ts';
import { APPLICATION_KINDS } from '../../../src/source/commits/settings.ts';

for (const kind of APPLICATION_KINDS) {
  test(`the name of a ${kind} leads to the object and back`, () => {
    const application = { kind, namespace: 'team', name: 'shop' };
    assert.deepEqual(applicationOf(referenceOf(application)), application);
  });
}

test('what deploys no commits has no such name', () => {
  assert.equal(
    applicationOf({ ...applicationReference('argocd', 'shop'), kind: 'AppProject' }),
    undefined,
  );
});
