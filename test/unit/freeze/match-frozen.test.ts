import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchNeverFrozen, matchScope } from '../../../src/freeze/match-frozen.ts';

const checkout = { group: 'apps', namespace: 'shop', applications: ['argocd/checkout-production'] };

describe('matchScope()', () => {
  it('names everything where it says nothing', () => {
    assert.equal(matchScope({}, checkout), true);
    assert.equal(matchScope({}, { group: '', namespace: '', applications: [] }), true);
  });

  it('names applications, with wildcards', () => {
    assert.equal(matchScope({ applications: ['argocd/*-production'] }, checkout), true);
    assert.equal(matchScope({ applications: ['argocd/*-staging', '*/checkout*'] }, checkout), true);
    assert.equal(matchScope({ applications: ['flux-system/*'] }, checkout), false);
    assert.equal(matchScope({ applications: ['*/*'] }, { ...checkout, applications: [] }), false);
  });

  it('names an object by the application that takes it over, too', () => {
    const moved = { ...checkout, applications: ['argocd/a', 'argocd/b'] };
    assert.equal(matchScope({ applications: ['argocd/b'] }, moved), true);
  });

  it('names namespaces, and nothing outside of them then', () => {
    assert.equal(matchScope({ namespaces: ['sh*'] }, checkout), true);
    assert.equal(matchScope({ namespaces: ['shop-2'] }, checkout), false);
    assert.equal(matchScope({ namespaces: ['shop'] }, { ...checkout, namespace: '' }), false);
  });

  it('wants both where both are said', () => {
    const applications = ['argocd/*'];
    assert.equal(matchScope({ applications, namespaces: ['shop'] }, checkout), true);
    assert.equal(matchScope({ applications, namespaces: ['pay'] }, checkout), false);
  });
});

describe('matchNeverFrozen()', () => {
  it('names what keeps the API server going, and our own objects', () => {
    for (const group of [
      'admissionregistration.k8s.io',
      'apiregistration.k8s.io',
      'certificates.k8s.io',
      'coordination.k8s.io',
      'holdfast.dev',
    ]) {
      assert.equal(matchNeverFrozen({ ...checkout, group }, []), true, group);
    }
    assert.equal(matchNeverFrozen(checkout, []), false);
  });

  it('names exempt namespaces', () => {
    assert.equal(matchNeverFrozen(checkout, ['kube-*', 'shop']), true);
    assert.equal(matchNeverFrozen(checkout, ['kube-*']), false);
  });
});
