import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseComparisonParameters } from '../../../../src/source/manifest/parse-comparison-parameters.ts';

const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop' },
  spec: { destination: { namespace: 'shop' }, source: { path: 'deploy' } },
};
const READ = {
  name: 'shop',
  namespace: 'argocd',
  project: 'default',
  destination: 'shop',
  source: { path: 'deploy' },
  ignoreDifferences: [],
  createdNamespace: undefined,
};

function withSpec(spec: object) {
  return parseComparisonParameters({ ...APPLICATION, spec: { ...APPLICATION.spec, ...spec } });
}

test('parseComparisonParameters() reads an Application', () => {
  assert.deepEqual(parseComparisonParameters(APPLICATION), { ok: true, parameters: READ });
});

test('parseComparisonParameters() takes the first of several sources, and none for none', () => {
  const several = withSpec({ source: null, sources: [{ path: 'a' }, { path: 'b' }] });
  assert.deepEqual(several, { ok: true, parameters: { ...READ, source: { path: 'a' } } });
  const none = parseComparisonParameters({ ...APPLICATION, spec: {} });
  assert.deepEqual(none, { ok: true, parameters: { ...READ, destination: '', source: {} } });
});

test('parseComparisonParameters() reads ignoreDifferences and the namespace that Argo CD makes', () => {
  const row = { group: 'apps', kind: 'Deployment', name: '', namespace: '', jsonPointers: ['/a'] };
  const read = withSpec({
    ignoreDifferences: [{ group: 'apps', kind: 'Deployment', jsonPointers: ['/a'] }],
    syncPolicy: {
      syncOptions: ['CreateNamespace=true'],
      managedNamespaceMetadata: { labels: { a: 'x' } },
    },
  });
  const metadata = { name: 'shop', labels: { a: 'x' }, annotations: {} };
  const createdNamespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
  assert.deepEqual(read, {
    ok: true,
    parameters: { ...READ, ignoreDifferences: [row], createdNamespace },
  });
  const bare = withSpec({ syncPolicy: { syncOptions: ['CreateNamespace=true'] } });
  assert.deepEqual(bare.ok && bare.parameters.createdNamespace?.['metadata'], {
    ...metadata,
    labels: {},
  });
});

test('parseComparisonParameters() names what is wrong', () => {
  assert.deepEqual(parseComparisonParameters({ ...APPLICATION, kind: 'AppProject' }), {
    ok: false,
    reason: 'it is no Application of Argo CD: look at "kind"',
  });
  assert.equal(parseComparisonParameters(undefined).ok, false);
});
