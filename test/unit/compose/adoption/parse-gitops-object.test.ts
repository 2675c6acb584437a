import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  parseApplication,
  parseFluxObject,
  parseProject,
} from '../../../../src/compose/adoption/parse-gitops-object.ts';

const metadata = { namespace: 'argocd', name: 'shop' };

test('an Application has its project, its destination, and how many objects it lists', () => {
  const destination = { server: 'https://a', name: 'n', namespace: 'shop' };

  assert.deepEqual(
    parseApplication({
      metadata,
      spec: { project: 'team', destination },
      status: { resources: [{}, {}] },
    }),
    { ...metadata, project: 'team', destination, resources: 2 },
  );
});

test('an Application without a project is of the default one', () => {
  for (const spec of [{}, { project: '', destination: {} }, { project: null }]) {
    assert.deepEqual(parseApplication({ metadata, spec }), {
      ...metadata,
      project: 'default',
      destination: { server: '', name: '', namespace: '' },
      resources: 0,
    });
  }
});

test('a project has the accounts that are impersonated', () => {
  const entry = { server: '*', namespace: 'shop', defaultServiceAccount: 'deployer' };

  assert.deepEqual(
    parseProject({
      metadata,
      spec: { destinationServiceAccounts: [entry, { defaultServiceAccount: 'a:b' }] },
    }),
    {
      ...metadata,
      destinationServiceAccounts: [
        { server: '*', namespace: 'shop', account: 'deployer' },
        { server: '', namespace: '', account: 'a:b' },
      ],
    },
  );
  assert.deepEqual(parseProject({ metadata }), { ...metadata, destinationServiceAccounts: [] });
});

test('a Kustomization has its account, and says whether it is for another cluster', () => {
  assert.deepEqual(
    parseFluxObject('Kustomization', {
      metadata,
      spec: { serviceAccountName: 'deployer', kubeConfig: { secretRef: { name: 'x' } } },
    }),
    { kind: 'Kustomization', ...metadata, serviceAccount: 'deployer', isRemote: true },
  );
  for (const spec of [{}, { serviceAccountName: '', kubeConfig: null }]) {
    assert.deepEqual(parseFluxObject('HelmRelease', { metadata, spec }), {
      kind: 'HelmRelease',
      ...metadata,
      serviceAccount: undefined,
      isRemote: false,
    });
  }
});

test('what has another form is none of them', () => {
  for (const value of [undefined, {}, { metadata, spec: 'x' }, { metadata: 7, spec: {} }]) {
    assert.equal(parseApplication(value), undefined);
    assert.equal(parseProject(value), undefined);
    assert.equal(parseFluxObject('Kustomization', value), undefined);
  }
});
