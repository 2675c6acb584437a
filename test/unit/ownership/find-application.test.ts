import assert from 'node:assert/strict';
import { it } from 'node:test';
import { findApplication } from '../../../src/ownership/find-application.ts';

const shop = { app: 'shop', appNamespace: 'team-a' };
const named = (fact: Parameters<typeof findApplication>[0]): string | undefined => {
  const found = findApplication(fact);
  return found && `${found.kind}.${found.group}/${found.version} ${found.namespace}/${found.name}`;
};

it('findApplication() finds the GitOps object that a mark names', () => {
  assert.equal(
    named({ ...shop, tool: 'argocd', mark: 'annotation argocd.argoproj.io/tracking-id' }),
    'Application.argoproj.io/v1alpha1 team-a/shop',
  );
  assert.equal(
    named({ ...shop, tool: 'flux', mark: 'label kustomize.toolkit.fluxcd.io/name' }),
    'Kustomization.kustomize.toolkit.fluxcd.io/v1 team-a/shop',
  );
  assert.equal(
    named({ ...shop, tool: 'flux', mark: 'label helm.toolkit.fluxcd.io/name' }),
    'HelmRelease.helm.toolkit.fluxcd.io/v2 team-a/shop',
  );
});

it('findApplication() finds none where a mark names none', () => {
  assert.equal(named({ ...shop, tool: 'flux', mark: 'inventory of Kustomization' }), undefined);
  assert.equal(
    named({ ...shop, tool: 'helm', mark: 'annotation meta.helm.sh/release-name' }),
    undefined,
  );
  assert.equal(named({ app: 'legacy', tool: 'selector', mark: 'selector legacy' }), undefined);
  assert.equal(named({ app: 'shop', tool: 'argocd' }), undefined);
  assert.equal(named({}), undefined);
});
