import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchSelected } from '../../../../src/drift/healing/match-selected.ts';

const application = { namespace: 'argocd', name: 'checkout' };

function isSelected(
  applications: readonly string[],
  namespaces: readonly string[],
  namespace: string | undefined = 'shop',
): boolean {
  return matchSelected({ namespace }, application, { applications, namespaces });
}

describe('matchSelected', () => {
  it('matches an application by its name, or by its namespace and name', () => {
    for (const pattern of [
      'checkout',
      'check*',
      '*',
      'argocd/checkout',
      'argocd/*',
      '*/checkout',
    ]) {
      assert.equal(isSelected([pattern], ['*']), true, pattern);
    }
    for (const pattern of ['check', 'other/*', 'argocd', 'argocd/check']) {
      assert.equal(isSelected([pattern], ['*']), false, pattern);
    }
    assert.equal(isSelected(['other', 'checkout'], ['*']), true);
  });

  it('wants the namespace of the object beside the application', () => {
    assert.deepEqual(
      [['shop'], ['sh*'], ['blog'], ['']].map((namespaces) => isSelected(['*'], namespaces)),
      [true, true, false, false],
    );
  });

  it('matches cluster-scoped objects only by the empty text', () => {
    const isOfCluster = (namespaces: readonly string[]) =>
      matchSelected({}, { name: 'checkout' }, { applications: ['/checkout'], namespaces });
    assert.deepEqual([isOfCluster(['*']), isOfCluster(['', '*'])], [false, true]);
  });
});
